//! Both servers do the same: right requests get the same pages, wrong ones the same status.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Outcome;
use super::load::{Connection, SECRET_KEY, TARGETS, signed};

/// Requests that are refused, with how they are signed and the status.
const REFUSED: &[(&str, Signed, u16)] = &[
    ("/v1/products", Signed::ByAnother, 401),
    ("/v1/products?limit=3", Signed::LongAgo, 401),
    ("/v1/products?limit=0", Signed::Rightly, 400),
    ("/v1/products?limit=many", Signed::Rightly, 400),
    ("/v1/products?sort=color%3Aasc", Signed::Rightly, 400),
    ("/v1/products?sort=product_id%3Aup", Signed::Rightly, 400),
    ("/v1/products?created_end_date=yesterday", Signed::Rightly, 400),
    ("/v1/product-categories?is_exposed_menu=perhaps", Signed::Rightly, 400),
    ("/v1/products/NOTHERE", Signed::Rightly, 404),
    ("/v1/nothing", Signed::Rightly, 404),
];

#[derive(Clone, Copy)]
enum Signed {
    Rightly,
    ByAnother,
    LongAgo,
}

/// Fails where the servers differ.
pub(crate) fn hold(floor: &str, standing: &str) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut floor, mut standing) = (Side::open(floor).await?, Side::open(standing).await?);
        for target in TARGETS {
            let (floor, standing) = (floor.page(target).await?, standing.page(target).await?);
            if floor != standing {
                return Err(format!("{target}: hyper sends {floor}, storeproof {standing}").into());
            }
        }
        for (target, how, expected) in REFUSED {
            let found = (floor.status(target, *how).await?, standing.status(target, *how).await?);
            if found != (*expected, *expected) {
                return Err(format!("{target}: {found:?} in place of {expected}").into());
            }
        }
        Ok(())
    })
}

struct Side<'a> {
    authority: &'a str,
    connection: Connection,
}

impl<'a> Side<'a> {
    async fn open(authority: &'a str) -> Outcome<Self> {
        Ok(Self { authority, connection: Connection::open(authority).await? })
    }

    async fn page(&mut self, target: &str) -> Outcome<Value> {
        let request = signed(self.authority, target, SECRET_KEY, Timestamp::now());
        let (status, body) = self.connection.ask(&request).await?;
        if status != 200 {
            return Err(format!("{target}: {status} {}", String::from_utf8_lossy(body)).into());
        }
        Ok(serde_json::from_slice(body)?)
    }

    async fn status(&mut self, target: &str, how: Signed) -> Outcome<u16> {
        let now = Timestamp::now();
        let request = match how {
            Signed::Rightly => signed(self.authority, target, SECRET_KEY, now),
            Signed::ByAnother => signed(self.authority, target, "somebody-else", now),
            Signed::LongAgo => signed(self.authority, target, SECRET_KEY, now - SignedDuration::from_mins(6)),
        };
        Ok(self.connection.ask(&request).await?.0)
    }
}
