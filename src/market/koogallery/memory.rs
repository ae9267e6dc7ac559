//! What the store remembers of its instances while it plays a case.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::Interface;
use crate::wire::Request;

/// Where an instance stands, as far as the vendor's answers have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    /// The order that it was opened for.
    pub(crate) order: String,
    /// The line of that order; version 1.0 has none.
    pub(crate) line: Option<String>,
    pub(crate) standing: Standing,
}

/// All instances of one case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) instances: BTreeMap<String, Instance>,
    /// How often the vendor asked for each order.
    pub(crate) asked: BTreeMap<String, usize>,
    /// Nonces of usage pushes.
    pub(crate) nonces: BTreeSet<String>,
    interface: Option<Interface>,
}

impl Memory {
    /// Notes what is about to be sent.
    pub(crate) fn sent(&mut self, _operation: &str, request: &Request) {
        let interface = if request.method == "GET" { Interface::SaasV1 } else { Interface::SaasV2 };
        self.interface.get_or_insert(interface);
    }

    /// The interface that this case speaks.
    pub(crate) fn interface(&self) -> Interface {
        self.interface.unwrap_or(Interface::SaasV2)
    }

    /// Some instance that the vendor serves, for a probe.
    pub(crate) fn any(&self) -> Option<&str> {
        let served = |instance: &&String| self.instances[*instance].standing != Standing::Released;
        self.instances.keys().find(served).map(String::as_str)
    }
}
