//! `storeproof certify`: a rehearsal of the certification, from its programme to the word.

use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;

use super::args::{self, Playing};
use super::config::Config;
use super::exit::Ended;
use super::known;
use super::plans::{self, wait_longer};
use super::playing::{Prepared, Reducing, note};
use super::reports::reports;
use super::reproduce::Rerun;
use super::select;
use super::settings::{self, UsageError};
use crate::certify::{self, Candidate, Choice, Computed, FILTERED, Grounds, Programme, Statements};
use crate::engine::Event;
use crate::evidence::{self, Certification};
use crate::market::{self, Market};
use crate::report;
use crate::run::reduce::Source;
use crate::run::{Loader, Origin};
use crate::scenario::plan::{Plan, SourceKind};
use crate::spec::{Interface, embedded};
use crate::verdict::{Catalogue, KnownFailures, Move};

pub(super) mod computed;
mod show;

/// Certifies, or shows what would be played.
pub(super) fn certify(arguments: &args::Certify, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let playing = &arguments.playing;
    let name = arguments.marketplace.as_str();
    super::known_marketplace(name)?;
    let config = settings::configuration(&playing.common)?;
    let reports = reports(&playing.report, playing.lang)?;
    let catalogue = Arc::new(super::every_requirement());
    let today = super::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let statements = super::statements::statements(&config, &catalogue, today)?;
    let market = settings::market(Some(name), &config, playing.timeout)?;
    let choice = choice(name, &market, playing, &config)?;
    let seed = playing.seed.or(config.file.seed).unwrap_or_else(super::fresh_seed);
    let Cases { candidates, computed } = cases(&choice, &market, seed, arguments, &config, &catalogue)?;
    let own: Catalogue = own(name)?;
    let proofs = embedded::proofs(name);
    let programme = certify::programme(choice, &candidates, &own, &proofs, &|applies| market.refuses(applies));
    if arguments.plan {
        return show::programme(&programme, &own, playing, out).map(|()| Ended::Well);
    }
    let played: HashSet<&str> = programme.cases.iter().map(|case| case.name.as_str()).collect();
    if let Some(folder) = &arguments.export {
        let chosen = computed.iter().filter(|case| played.contains(case.name.as_str()));
        let written = computed::export(chosen, folder)?;
        let told = format!("{written} computed cases were written below {}\n", folder.display());
        return super::write(out, told.as_bytes()).map(|()| Ended::Well);
    }
    let all: Vec<String> = candidates.iter().map(|one| one.plan.name.clone()).collect();
    let certification = certification(&programme, &candidates, &statements, arguments.walks);
    let plans: Vec<_> = candidates.into_iter().filter(|one| one.left_out.is_none()).map(|one| one.plan).collect();
    if plans.is_empty() {
        note("nothing was selected: no case of the programme fits --filter");
        return Ok(Ended::NothingSelected);
    }
    let interfaces = interfaces(&plans);
    let embedded = embedded::scenarios().map(|file| (file.name(), Source::At(Origin::Embedded(file.path))));
    let of_ours = computed.iter().map(|case| (case.name.as_str(), Source::Computed(case.document.clone())));
    let sources = embedded.chain(of_ours).map(|(name, source)| (name.to_owned(), source));
    let scope = known::scope(&[name.to_owned()], all, &plans, Some(name));
    let list = match &arguments.baseline {
        Some(Some(file)) => known::perhaps(file.clone(), &catalogue)?,
        _ => known::list(playing, &config, &catalogue)?,
    };
    let known = KnownFailures::new(list.entries.iter().cloned()).within(scope);
    let mut prepared = Prepared::new(plans, known, seed, playing, &config, &catalogue)?;
    prepared.keeping.iter_mut().try_for_each(|keeping| keeping.certifies(certification.clone(), &computed))?;
    prepared.reducing = Some(Reducing {
        loader: Loader::new(playing.common.specs.clone(), Arc::clone(&catalogue)),
        patience: plans::patience(playing, &config)?,
        sources: sources.collect(),
    });
    let names = computed.iter().map(|case| case.name.clone());
    let command = vec!["certify".to_owned(), name.to_owned()];
    let rerun = Rerun::new(command, playing, prepared.typed.as_deref(), seed).computing(names);
    let mut readiness = None;
    let transitions = transitions(&programme);
    let grounds = Grounds {
        interfaces: &interfaces,
        called: &|request| market.called(request),
        transitions: &transitions,
        code: market.result_code(),
    };
    let mut after = |record: &crate::run::RunRecord| {
        let assessment = certify::assess(&programme, &catalogue, &record.cases, &statements, &grounds);
        readiness = Some(assessment.readiness);
        vec![Event::Assessed(Arc::new(assessment))]
    };
    let secrets = prepared.secrets.clone();
    let record = prepared.play(playing, &reports, &rerun, &mut after, out)?;
    if arguments.baseline.is_some() {
        match record.interrupted {
            true => note("the run was interrupted, so that no list of known failures was written"),
            false => note(list.add(&record.cases, &secrets, &catalogue, today)?),
        }
    }
    let verdict = report::verdict(&record.totals, record.interrupted, &record.every_trouble(), readiness);
    Ok(Ended::from(verdict))
}

/// The steps of the documented lives that a programme is about.
pub(super) fn transitions(programme: &Programme) -> Vec<Move> {
    let life = |dialect: &String| market::life::life(&programme.marketplace, dialect);
    programme.dialects.iter().filter_map(life).flat_map(|life| life.transitions(&programme.traits)).collect()
}

/// What evidence has to hold beside the cases that are played.
fn certification(
    programme: &Programme,
    candidates: &[Candidate],
    statements: &Statements,
    walks: usize,
) -> Certification {
    let candidates = candidates.iter().map(|candidate| evidence::Candidate {
        name: candidate.plan.name.clone(),
        computed: candidate.computed,
        left_out: candidate.left_out.clone(),
        document: String::new(),
    });
    Certification {
        marketplace: programme.marketplace.clone(),
        dialects: programme.dialects.clone(),
        walks,
        candidates: candidates.collect(),
        statements: statements.iter().map(|(requirement, one)| (requirement.clone(), one.clone())).collect(),
    }
}

/// What the configuration chooses.
fn choice(name: &str, market: &Market, playing: &Playing, config: &Config) -> Result<Choice, UsageError> {
    if let Some(dialect) = &playing.dialect {
        super::known_dialect(dialect)?;
    }
    let configured = plans::configured_dialects(config)?;
    let chosen = playing.dialect.as_ref().or(configured.get(name)).map(String::as_str);
    Ok(Choice { marketplace: name.to_owned(), dialects: market.dialects(chosen), traits: market.traits() })
}

/// The requirements of one marketplace, without those that are no store's.
pub(super) fn own(marketplace: &str) -> Result<Catalogue, UsageError> {
    let common = embedded::catalogue("common");
    let own = embedded::catalogue(marketplace).iter().filter(|requirement| common.get(&requirement.id).is_none());
    Catalogue::new(own.cloned()).map_err(UsageError::new)
}

/// What could be played.
struct Cases {
    candidates: Vec<Candidate>,
    /// The documents of those that were computed.
    computed: Vec<Computed>,
}

/// Every case of the marketplace's dialects, those that are computed too, and why some are left out.
fn cases(
    choice: &Choice,
    market: &Market,
    seed: u64,
    arguments: &args::Certify,
    config: &Config,
    catalogue: &Arc<Catalogue>,
) -> Result<Cases, UsageError> {
    let playing = &arguments.playing;
    let loader = Loader::new(playing.common.specs.clone(), Arc::clone(catalogue));
    let patience = plans::patience(playing, config)?;
    let mut written = Vec::new();
    for scenario in select::scenarios(std::slice::from_ref(&choice.marketplace))? {
        let Origin::Embedded(_) = scenario.origin else { continue };
        let plan = loader.plan(&scenario.origin, &scenario.name).map_err(UsageError::new)?;
        if plan.dialect.as_ref().is_some_and(|dialect| choice.dialects.contains(dialect)) {
            written.push(plan);
        }
    }
    let computed = computed::computed(choice, &written, &loader, seed, arguments.walks)?;
    let all = written.into_iter().map(|plan| (plan, false));
    let (documents, plans): (Vec<Computed>, Vec<Arc<Plan>>) = computed.into_iter().unzip();
    let candidates = all.chain(plans.into_iter().map(|plan| (plan, true))).map(|(mut plan, computed)| {
        wait_longer(&mut plan, patience);
        let filtered = || (!select::fits(playing.filter.as_deref(), &plan.name)).then(|| FILTERED.to_owned());
        Candidate { left_out: other_product(market, &plan).or_else(filtered), computed, plan }
    });
    Ok(Cases { candidates: candidates.collect(), computed: documents })
}

/// Why a case is left out that is about other products, as a phrase.
pub(super) fn other_product(market: &Market, plan: &Plan) -> Option<String> {
    market.refuses(&plan.applies).map(|product| format!("does not apply to {product}"))
}

/// Every interface that these plans name, once.
pub(super) fn interfaces(plans: &[Arc<Plan>]) -> Vec<Arc<Interface>> {
    let mut interfaces: Vec<Arc<Interface>> = Vec::new();
    for source in plans.iter().flat_map(|plan| &plan.sources) {
        if let SourceKind::OpenApi(interface) = &source.kind
            && !interfaces.iter().any(|known| known.title == interface.title)
        {
            interfaces.push(Arc::clone(interface));
        }
    }
    interfaces
}
