//! The access keys that are built in. They are no secrets of anybody: every copy of storeproof has the same.

use crate::wire::Secret;

/// The key of the basic interface where none is configured.
pub fn test_key() -> Secret {
    Secret::new("storeproof-koogallery-test-key-01")
}

/// The key of the joint-operation kit where none is configured. The store asks for one key an interface.
pub fn test_kit_key() -> Secret {
    Secret::new("storeproof-koogallery-kit-test-key-01")
}

/// A second key that no vendor knows, for calls with a wrong one.
pub fn other_key() -> Secret {
    Secret::new("storeproof-koogallery-other-key-02")
}
