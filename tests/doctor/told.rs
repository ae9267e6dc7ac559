//! What the output says.
