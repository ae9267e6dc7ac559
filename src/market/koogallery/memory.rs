//! What the store remembers of its instances while it plays a case.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::life;
use super::order::Charging;
use super::rule;
use super::settings::Interface;
use crate::verdict::RequirementId;
use crate::wire::{Request, Secret};

/// Where an instance stands, as far as the vendor's answers have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// The vendor said that it is being opened.
    Opening,
    /// It is open.
    Open,
    /// It was frozen.
    Frozen,
    /// It was released.
    Released,
}

/// One instance. Access data are secrets and not kept over a restart, nor what may have changed them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    pub(crate) standing: Standing,
    /// Whether it was opened with `testFlag` "1".
    pub(crate) test: bool,
    /// How its order is charged, where that is known.
    pub(crate) charging: Option<Charging>,
    /// The quantity of its order, where there is one.
    pub(crate) quantity: Option<u32>,
    /// Whether the answer to a call that changes it was lost, so that its standing is not certain.
    pub(crate) unsure: bool,
    /// Whether a query, or another call, has shown that the vendor knows it.
    pub(crate) shown: bool,
    /// Whether a query has told it.
    pub(crate) told: bool,
    /// Its access data as they were last told.
    #[serde(skip)]
    pub(crate) access: Option<Access>,
    /// Whether they were told while it was being opened, so that they may not have been ready.
    pub(crate) told_early: bool,
    /// What happened since they were last told as they should be.
    #[serde(skip)]
    pub(crate) suspects: Vec<Suspect>,
    /// Activities with their orders that were carried out.
    pub(crate) done: BTreeSet<(String, String)>,
    /// `usageValue` as it was last told, by `relatedInstanceId`.
    pub(crate) used: BTreeMap<String, f64>,
}

impl Instance {
    /// An instance that was opened just now.
    pub(crate) fn new(standing: Standing) -> Self {
        Self {
            standing,
            test: false,
            charging: None,
            quantity: None,
            unsure: false,
            shown: false,
            told: false,
            access: None,
            told_early: false,
            suspects: Vec::new(),
            done: BTreeSet::new(),
            used: BTreeMap::new(),
        }
    }

    /// Where it stands in its life; `None` while that is not certain.
    pub(crate) fn state(&self) -> Option<&'static str> {
        (!self.unsure).then_some(match self.standing {
            Standing::Opening => life::OPENING,
            Standing::Open => life::IN_USE,
            Standing::Frozen => life::FROZEN,
            Standing::Released => life::RELEASED,
        })
    }

    /// Whether the vendor must serve it.
    pub(crate) fn live(&self) -> bool {
        self.standing != Standing::Released
    }
}

/// How a buyer gets in. None of it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// `frontEndUrl` without query and fragment, where a ticket may stand.
    pub(crate) front_end: Option<String>,
    /// `userName`, decrypted.
    pub(crate) user: Option<Secret>,
    /// `password`, decrypted.
    pub(crate) password: Option<Secret>,
}

/// Something that can explain why an instance is gone or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suspect {
    /// The rule that is broken when the instance is gone.
    pub(crate) gone: RequirementId,
    /// The rule that is broken when its access data are others.
    pub(crate) changed: RequirementId,
    /// What it was, as a phrase: "the renewal".
    pub(crate) what: String,
    /// How likely it is the reason.
    pub(crate) likely: Likely,
}

/// How likely a call is the reason for a change of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likely {
    /// It was refused.
    Least,
    /// It was about another instance, or a test.
    Less,
    /// It was about this instance, and carried out.
    Most,
}

impl Suspect {
    /// One whose rule is the same for both.
    pub(crate) fn new(rule: RequirementId, what: impl Into<String>, likely: Likely) -> Self {
        Self { gone: rule.clone(), changed: rule, what: what.into(), likely }
    }

    /// The one that most likely explains a change: of equal ones the last.
    pub(crate) fn likeliest(suspects: &[Self]) -> Option<&Self> {
        suspects.iter().max_by_key(|suspect| suspect.likely)
    }

    /// The one that most likely explains that the instance is gone. A renewal comes last: it gives time and takes nothing,
    /// and that it was carried out shows that the instance was there.
    pub(crate) fn of_loss(suspects: &[Self]) -> Option<&Self> {
        let takes = suspects.iter().filter(|suspect| suspect.gone != rule::QUERY_COMPLETE);
        takes.max_by_key(|suspect| suspect.likely).or_else(|| Self::likeliest(suspects))
    }
}

/// What came of the creation for one line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Creation {
    /// The id that was told.
    pub(crate) instance: Option<String>,
    /// `businessId` of the call that was told it.
    pub(crate) business: Option<String>,
    /// Whether an answer was lost.
    pub(crate) lost: bool,
}

/// All instances of one case. What was seen of single signatures and ciphertexts is not kept over a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Memory {
    pub(crate) instances: BTreeMap<String, Instance>,
    /// Creations by order and line; in version 1.0 by order and, where it counts, product.
    #[serde(with = "pairs")]
    pub(crate) creations: BTreeMap<(String, Option<String>), Creation>,
    /// Orders whose creation failed because the order query did, with how many further questions were to fail then.
    pub(crate) failed: BTreeMap<String, u32>,
    /// Names of the mistakes that got through, by activity and whether `testFlag` was "1".
    #[serde(skip)]
    pub(crate) let_through: BTreeMap<(String, bool), BTreeSet<&'static str>>,
    /// Names of the mistakes that were refused without `testFlag`, by activity.
    #[serde(skip)]
    pub(crate) refused: BTreeSet<(String, &'static str)>,
    /// Whether a call that is right in every way was refused for its signature or its time before any was accepted.
    #[serde(skip)]
    pub(crate) barred: bool,
    /// What was special about calls that were accepted, by activity.
    #[serde(skip)]
    pub(crate) accepted: BTreeMap<String, BTreeSet<String>>,
    /// Debugging calls that passed, without what differs on every delivery.
    pub(crate) passed: BTreeSet<String>,
    /// Calls that were carried out, without what differs on every delivery.
    pub(crate) carried_out: BTreeSet<String>,
    /// Notifications that were taken, by order and line.
    pub(crate) notified: BTreeSet<(String, String)>,
    /// Whether the order query was asked about another order than the latest call names, since that call.
    #[serde(skip)]
    pub(crate) strayed: bool,
    /// Nonces of the store's own calls that were accepted.
    #[serde(skip)]
    pub(crate) taken: BTreeSet<String>,
    /// Ciphertexts by their initialisation vector.
    #[serde(skip)]
    pub(crate) vectors: BTreeMap<String, String>,
    /// Whether access data were once told to be others although nothing had happened.
    #[serde(skip)]
    pub(crate) unstable: bool,
    /// Whether the lack of an optional signature was told.
    #[serde(skip)]
    pub(crate) unsigned_told: bool,
    /// When the vendor asked for each order lately, since the store last named it.
    #[serde(skip)]
    pub(crate) asked: BTreeMap<String, Vec<Timestamp>>,
    /// Orders and lines that the vendor was told.
    pub(crate) asked_lines: BTreeSet<(String, Option<String>)>,
    /// Whether the store refused a question for an order since the last call was sent.
    #[serde(skip)]
    pub(crate) misasked: bool,
    /// Whether usage was pushed.
    pub(crate) pushed: bool,
    /// Whether a call of the vendor's to the identity centre was refused since the browser last came.
    #[serde(skip)]
    pub(crate) login_refused: bool,
    /// Codes with which the browser came and which no identity centre has given.
    #[serde(skip)]
    pub(crate) made_up_codes: BTreeSet<String>,
    /// What was seen of calls of the kit.
    #[serde(skip)]
    pub(crate) kit: super::judge::kit::Seen,
    /// Nonces of usage pushes.
    #[serde(skip)]
    pub(crate) nonces: BTreeSet<String>,
    #[serde(skip)]
    interface: Option<Interface>,
}

/// Most that is remembered of what vendors call by themselves. No case comes near; a store that stays up for weeks would
/// else grow without end.
const MOST: usize = 20_000;

impl Memory {
    /// Begins anew what only vendors make longer, once it is very long. What is forgotten is at worst not found wrong.
    pub(crate) fn bound(&mut self) {
        if self.nonces.len() > MOST {
            self.nonces.clear();
        }
        if self.asked.len() > MOST {
            self.asked.clear();
        }
    }

    /// Notes what is about to be sent.
    pub(crate) fn sent(&mut self, _operation: &str, request: &Request) {
        let interface = if request.method == "GET" { Interface::SaasV1 } else { Interface::SaasV2 };
        // A case speaks one interface; at a store that stays up the last call says which.
        self.interface = Some(interface);
        self.misasked = false;
    }

    /// The interface that this case speaks.
    pub(crate) fn interface(&self) -> Interface {
        self.interface.unwrap_or(Interface::SaasV2)
    }

    /// Some instance that the vendor serves, for a probe.
    pub(crate) fn any(&self) -> Option<&str> {
        self.instances.iter().find(|(_, instance)| instance.live()).map(|(id, _)| id.as_str())
    }

    /// Suspects something of every live instance but this one.
    pub(crate) fn suspect_others(&mut self, than: &str, suspect: &Suspect) {
        let others = self.instances.iter_mut().filter(|(id, instance)| *id != than && instance.live());
        others.for_each(|(_, instance)| instance.suspects.push(suspect.clone()));
    }

    /// Suspects something of one instance.
    pub(crate) fn suspect(&mut self, id: &str, suspect: Suspect) {
        if let Some(instance) = self.instances.get_mut(id).filter(|instance| instance.live()) {
            instance.suspects.push(suspect);
        }
    }
}

/// A map whose keys are no texts, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<K, V>, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}
