//! The `storeproof` command.
fn main() {}
