//! Cloud marketplaces on your own machine.
