//! `storeproof keys`: the keys in use, public halves only, and fresh tokens for `curl`.

use std::io::Write;

use super::args::Keys;
use super::exit::Ended;
use super::settings::{self, UsageError};

/// Prints the public key that a vendor must trust, or a token signed with its private half.
pub(super) fn keys(arguments: &Keys, out: &mut dyn Write) -> Result<Ended, UsageError> {
    super::known_marketplace(&arguments.marketplace)?;
    let config = settings::configuration(&arguments.common)?;
    let market = settings::market(Some(&arguments.marketplace), &config, None)?;
    let text = if arguments.token {
        // A token is made to be sent; whoever asks for one with the user's own key has that key.
        let token = market.token(arguments.tamper.as_deref(), super::now()).map_err(UsageError::new)?;
        token.map(|token| format!("{}\n", token.expose())).unwrap_or_default()
    } else {
        market.keys(arguments.reveal)
    };
    super::write(out, text.as_bytes())?;
    Ok(Ended::Well)
}
