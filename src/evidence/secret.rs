//! Secrets out, and back in.
//!
//! A request that was signed with a key cannot be judged again without what the key made of it, and nobody may read that
//! in an archive. So each secret is numbered, and wherever one of its forms stands (as it is, in base64, in hex, …) the
//! number of the secret and of the form takes its place: `[secret 3.7]`. Whoever has the keys makes the same requests
//! again, and thereby has every secret again; then each form can be put back, byte for byte.

use std::collections::HashMap;

use super::Pages;
use super::journal::Entry;
use super::leaves::{Leaf, each_leaf, each_leaf_of_visit};
use super::manifest::Redaction;
use crate::market::Ended;
use crate::verdict::Blocked;
use crate::wire::{Exchange, Redactor, Secret};

/// Takes secrets out.
#[derive(Debug, Default)]
pub(super) struct Hider {
    opening: String,
    redactor: Redactor,
    /// Secret and form by the bytes that are searched for.
    places: HashMap<Vec<u8>, (usize, usize)>,
    numbers: HashMap<Secret, usize>,
    /// By number, less one.
    redactions: Vec<Redaction>,
}

impl Hider {
    pub(super) fn new(opening: String) -> Self {
        Self { opening, ..Self::default() }
    }

    /// The number of a secret, which is new where nobody has met it.
    pub(super) fn meet(&mut self, secret: &Secret, what: impl FnOnce() -> String) -> usize {
        if let Some(number) = self.numbers.get(secret) {
            return *number;
        }
        let number = self.redactions.len() + 1;
        self.numbers.insert(secret.clone(), number);
        self.redactor.add(secret);
        for (form, bytes) in secret.forms().into_iter().enumerate() {
            self.places.entry(bytes).or_insert((number, form));
        }
        self.redactions.push(Redaction { secret: number, what: what(), times: 0, entries: Vec::new() });
        number
    }

    /// The bytes without secrets; `None` where there were none. `entry` is where they stand in the archive.
    fn hide(&mut self, bytes: &[u8], entry: &str) -> Option<Vec<u8>> {
        let found = self.redactor.find(bytes);
        if found.is_empty() {
            return None;
        }
        let mut kept = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for place in found {
            kept.extend_from_slice(&bytes[at..place.start]);
            at = place.end;
            // Whatever the redactor finds was met here.
            let Some((number, form)) = self.places.get(&bytes[place]) else { continue };
            kept.extend_from_slice(format!("{}{number}.{form}]", self.opening).as_bytes());
            if let Some(redaction) = number.checked_sub(1).and_then(|index| self.redactions.get_mut(index)) {
                redaction.times += 1;
                if !redaction.entries.iter().any(|known| known == entry) {
                    redaction.entries.push(entry.to_owned());
                }
            }
        }
        kept.extend_from_slice(&bytes[at..]);
        Some(kept)
    }

    pub(super) fn text(&mut self, text: &str, entry: &str) -> String {
        match self.hide(text.as_bytes(), entry) {
            Some(hidden) => String::from_utf8_lossy(&hidden).into_owned(),
            None => text.to_owned(),
        }
    }

    /// Takes the secrets out of everything that was noted; `case` and `lane` name the entries in which it stands, and
    /// `what` a secret of an exchange.
    ///
    /// Each exchange is first searched for the secrets that are known when it comes, since whoever plays the journal
    /// again knows no others by then: one that comes later may begin with an earlier one. Then all of them are searched
    /// for everywhere.
    pub(super) fn pages(
        &mut self,
        pages: &mut Pages,
        case: &dyn Fn(usize) -> String,
        lane: &dyn Fn(usize) -> String,
        what: &dyn Fn(usize, usize) -> String,
    ) {
        let mut entries = std::mem::take(&mut pages.entries);
        for entry in &mut entries {
            match entry {
                Entry::Received { case: index, exchanges, .. } => {
                    let Some(all) = pages.sent.get_mut(index) else { continue };
                    for number in exchanges.iter() {
                        let Some(sent) = all.get_mut(*number) else { continue };
                        // They are made again, never read.
                        let secrets = std::mem::take(&mut sent.exchange.request.secrets);
                        let numbers = secrets.iter().map(|secret| self.meet(secret, || what(*index, *number)));
                        sent.secrets = numbers.collect();
                    }
                    let name = case(*index);
                    for number in exchanges.iter() {
                        all.get_mut(*number).into_iter().for_each(|sent| self.sent(sent, &name));
                    }
                }
                Entry::Answered { lane: index, call } => {
                    let calls = pages.calls.get_mut(index);
                    let call = calls.and_then(|calls| calls.get_mut(*call));
                    call.into_iter().for_each(|call| self.exchange(call, &lane(*index)));
                }
                entry => each_text(entry, &mut |text| *text = self.text(text, super::JOURNAL)),
            }
        }
        for entry in &mut entries {
            each_text(entry, &mut |text| *text = self.text(text, super::JOURNAL));
        }
        pages.entries = entries;
        for (index, sent) in &mut pages.sent {
            let name = case(*index);
            sent.iter_mut().for_each(|sent| self.sent(sent, &name));
        }
        for (index, calls) in &mut pages.calls {
            let name = lane(*index);
            calls.iter_mut().for_each(|call| self.exchange(call, &name));
        }
    }

    fn sent(&mut self, sent: &mut super::Sent, entry: &str) {
        self.exchange(&mut sent.exchange, entry);
        sent.visit.iter_mut().for_each(|visit| each_leaf_of_visit(visit, &mut |leaf| self.leaf(leaf, entry)));
    }

    fn exchange(&mut self, exchange: &mut Exchange, entry: &str) {
        each_leaf(exchange, &mut |leaf| self.leaf(leaf, entry));
    }

    fn leaf(&mut self, leaf: Leaf<'_>, entry: &str) {
        leaf.change(|bytes| self.hide(bytes, entry));
    }

    /// What placeholders begin with.
    pub(super) fn opening(&self) -> &str {
        &self.opening
    }

    pub(super) fn redactions(&self) -> impl Iterator<Item = &Redaction> {
        self.redactions.iter()
    }

    /// The secret that stands in these bytes, as the list of redactions calls it.
    pub(super) fn found(&self, bytes: &[u8]) -> Option<&str> {
        let place = self.redactor.find(bytes).into_iter().next()?;
        let (number, _) = self.places.get(&bytes[place])?;
        Some(self.redactions.get(number.checked_sub(1)?)?.what.as_str())
    }
}

/// Puts secrets back.
#[derive(Clone, Debug, Default)]
pub struct Revealer {
    opening: String,
    /// The forms of each secret that is known.
    forms: HashMap<usize, Vec<Vec<u8>>>,
}

impl Revealer {
    /// Nothing is known yet. `opening` is what placeholders begin with.
    pub fn new(opening: &str) -> Self {
        Self { opening: opening.to_owned(), forms: HashMap::new() }
    }

    /// The secret of a number is this.
    pub fn learn(&mut self, number: usize, secret: &Secret) {
        self.forms.entry(number).or_insert_with(|| secret.forms());
    }

    /// Puts back what is known into an exchange of a case.
    pub fn sent(&self, sent: &mut super::Sent) {
        each_leaf(&mut sent.exchange, &mut |leaf| leaf.change(|bytes| self.reveal(bytes)));
        sent.visit.iter_mut().for_each(|visit| {
            each_leaf_of_visit(visit, &mut |leaf| leaf.change(|bytes| self.reveal(bytes)));
        });
    }

    /// Puts back what is known into a call of the vendor's.
    pub fn call(&self, call: &mut Exchange) {
        each_leaf(call, &mut |leaf| leaf.change(|bytes| self.reveal(bytes)));
    }

    /// Puts back what is known into an entry.
    pub fn entry(&self, entry: &mut Entry) {
        each_text(entry, &mut |text| {
            if let Some(revealed) = self.reveal(text.as_bytes()) {
                *text = String::from_utf8_lossy(&revealed).into_owned();
            }
        });
    }

    /// The bytes with secrets; `None` where there is nothing to put back.
    fn reveal(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let opening = self.opening.as_bytes();
        if opening.is_empty() || self.forms.is_empty() {
            return None;
        }
        let mut kept: Option<Vec<u8>> = None;
        let mut at = 0;
        let mut from = 0;
        while let Some(found) = bytes[at..].windows(opening.len()).position(|window| window == opening) {
            let start = at + found;
            let inside = start + opening.len();
            at = inside;
            let Some(form) = self.named(&bytes[inside..]) else { continue };
            let kept = kept.get_or_insert_with(Vec::new);
            kept.extend_from_slice(&bytes[from..start]);
            kept.extend_from_slice(form.1);
            at = inside + form.0;
            from = at;
        }
        let mut kept = kept?;
        kept.extend_from_slice(&bytes[from..]);
        Some(kept)
    }

    /// The form that a placeholder names, and how many bytes behind the opening it takes: `3.7]`.
    fn named(&self, bytes: &[u8]) -> Option<(usize, &[u8])> {
        // Numbers of any run are shorter.
        let end = bytes.iter().take(24).position(|byte| *byte == b']')?;
        let (number, form) = std::str::from_utf8(&bytes[..end]).ok()?.split_once('.')?;
        let forms = self.forms.get(&number.parse().ok()?)?;
        Some((end + 1, forms.get(form.parse::<usize>().ok()?)?))
    }
}

/// What placeholders begin with: nothing that was noted holds it.
pub(super) fn opening(pages: &mut Pages) -> String {
    let mut taken = |opening: &str| {
        let mut found = false;
        let mut look = |leaf: Leaf<'_>| {
            leaf.change(|bytes| {
                found = found || bytes.windows(opening.len()).any(|window| window == opening.as_bytes());
                None
            });
        };
        for sent in pages.sent.values_mut().flatten() {
            each_leaf(&mut sent.exchange, &mut look);
            sent.visit.iter_mut().for_each(|visit| each_leaf_of_visit(visit, &mut look));
        }
        pages.calls.values_mut().flatten().for_each(|call| each_leaf(call, &mut look));
        for entry in &mut pages.entries {
            each_text(entry, &mut |text| found = found || text.contains(opening));
        }
        found
    };
    let mut opening = "[secret ".to_owned();
    let mut number = 1;
    while taken(&opening) {
        number += 1;
        opening = format!("[secret-{number} ");
    }
    opening
}

/// Foreign texts of an entry.
fn each_text(entry: &mut Entry, act: &mut dyn FnMut(&mut String)) {
    match entry {
        Entry::Performed { ended, .. } => match ended {
            Ended::Silent => {}
            Ended::NotStarted { why } => act(why),
            Ended::Exited { output, .. } => act(output),
            Ended::Killed { by, output } => {
                act(by);
                act(output);
            }
            Ended::TimedOut { output, .. } => act(output),
        },
        Entry::Abandoned { why, .. } | Entry::Unplayed { why, .. } => match why {
            Blocked::Unreachable(text)
            | Blocked::DiedIn { case: text }
            | Blocked::NotShown(text)
            | Blocked::Declined { task: text }
            | Blocked::Harness(text) => act(text),
            Blocked::Ended | Blocked::Slow { .. } => {}
        },
        Entry::Examined { .. }
        | Entry::Begun { .. }
        | Entry::Next { .. }
        | Entry::Received { .. }
        | Entry::Answered { .. }
        | Entry::Called { .. }
        | Entry::Disturbed { .. }
        | Entry::Unattended { .. }
        | Entry::Probed { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_taken_out_comes_back(
            secrets in proptest::collection::vec("[ -~]{6,24}", 1..4),
            parts in proptest::collection::vec((any::<Vec<u8>>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..8),
        ) {
            let secrets: Vec<Secret> = secrets.into_iter().map(Secret::new).collect();
            let mut text = Vec::new();
            for (around, secret, form) in &parts {
                text.extend_from_slice(around);
                let forms = secret.get(&secrets).forms();
                let form: &Vec<u8> = form.get(&forms);
                text.extend_from_slice(form);
            }
            let mut hider = Hider::new("[secret ".to_owned());
            let mut revealer = Revealer::new("[secret ");
            for secret in &secrets {
                revealer.learn(hider.meet(secret, || "a key".to_owned()), secret);
            }
            let hidden = hider.hide(&text, "x").unwrap_or_else(|| text.clone());
            for secret in &secrets {
                let value = secret.expose().as_bytes();
                prop_assert!(!hidden.windows(value.len()).any(|window| window == value) || b"[secret ".windows(value.len()).any(|window| window == value));
            }
            prop_assert_eq!(revealer.reveal(&hidden).unwrap_or(hidden), text);
        }
    }

    #[test]
    fn what_names_no_secret_stays() {
        let mut revealer = Revealer::new("[secret ");
        revealer.learn(1, &Secret::new("canary-1"));
        for text in
            ["[secret 1.99]", "[secret 2.0]", "[secret x", "[secret ", "[secret 1.1", "[secret 99999999999999999999.1]"]
        {
            assert_eq!(revealer.reveal(text.as_bytes()), None, "{text}");
        }
        let form = Secret::new("canary-1").forms().iter().position(|form| form == b"canary-1").expect("as it is");
        let text = format!("[secret [secret 1.{form}]]");
        assert_eq!(revealer.reveal(text.as_bytes()).expect("one is named"), b"[secret canary-1]");
    }
}
