//! `storeproof keys`: the keys in use, public halves only, and fresh tokens for `curl`.

use std::io::Write;
use std::time::Duration;

use super::args::Keys;
use super::exit::Ended;
use super::settings::{self, UsageError};
use crate::sign::key::SigningKey;
use crate::sign::kt_jwt::{self, Mistake};

/// Prints the public key that a vendor must trust, or a token signed with its private half.
pub(super) fn keys(arguments: &Keys, out: &mut dyn Write) -> Result<Ended, UsageError> {
    super::known_marketplace(&arguments.marketplace)?;
    let config = settings::configuration(&arguments.common)?;
    let settings = settings::kt_bizstore(&config, Duration::from_secs(10))?;
    let own = settings.signing_key.clone();
    let key = own.as_deref().unwrap_or_else(|| SigningKey::test());
    let text = if arguments.token {
        let now = super::now();
        let token = match &arguments.tamper {
            None => Some(kt_jwt::sign(key, now, &settings.token).map_err(UsageError::new)?.token),
            Some(name) => {
                let mistake: Mistake = name.parse().map_err(UsageError::new)?;
                kt_jwt::forge(mistake, key, now, &settings.token).map_err(UsageError::new)?
            }
        };
        // A token is made to be sent; whoever asks for one with the user's own key has that key.
        token.map(|token| format!("{}\n", token.expose())).unwrap_or_default()
    } else {
        key.public_pem()
    };
    super::write(out, text.as_bytes())?;
    Ok(Ended::Well)
}
