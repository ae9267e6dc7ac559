//! Where engines meet sockets and files.

pub mod snapshots;
