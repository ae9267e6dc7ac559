//! The floor: a hyper server that makes the same checks and sends the same pages, with nothing around it.
//!
//! It verifies the signature in constant time, holds the time stamp against a window, reads and validates every parameter
//! of the two lists, filters, sorts and pages the same catalogue, whose rows it has written out once, and sends an answer
//! with the same header fields. It remembers nothing, judges nothing and explains nothing.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use ring::hmac;
use serde_json::{Map, Value};

use super::Outcome;
use super::load::{ACCESS_KEY, SECRET_KEY};

/// Milliseconds that a time stamp may be off, either way.
const WINDOW_MS: i64 = 5 * 60 * 1000;

/// Items of a page where no limit is sent.
const LIMIT: usize = 20;

/// `floor`: serves on a free port and says on which, as `storeproof serve` does.
pub(crate) fn main() -> Outcome<()> {
    let service = Arc::new(Service::new()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "scp  http://{}", listener.local_addr()?)?;
        std::io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = Arc::clone(&service);
            let answer = service_fn(move |request| answer(request, Arc::clone(&service)));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    })
}

async fn answer(request: Request<Incoming>, service: Arc<Service>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // The body is read, so that the connection can be used again.
    let _ = body.collect().await;
    let (status, text) = match service.answer(&head) {
        Ok(page) => (StatusCode::OK, page),
        Err((status, why)) => (status, serde_json::json!({ "errors": [{ "detail": why }] }).to_string()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // An id for each answer, in the two fields in which the store sends it.
    let id = format!("req-{:032x}", fastrand::u128(..));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-scp-request-id", id.clone());
        headers.insert("x-request-id", id);
    }
    Ok(response)
}

/// A refusal.
type Refusal = (StatusCode, String);

fn invalid(name: &str, value: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, format!("{name}: {value:?} cannot be used"))
}

/// What there is to answer with.
struct Service {
    key: hmac::Key,
    categories: Table,
    products: Table,
}

/// A list, its rows written out.
struct Table {
    /// The member of a list answer that holds the rows.
    member: &'static str,
    rows: Vec<Row>,
    by_id: HashMap<String, usize>,
}

struct Row {
    members: Map<String, Value>,
    json: String,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
}

impl Service {
    fn new() -> Outcome<Self> {
        let catalogue: Value = serde_json::from_str(include_str!("../../src/market/scp/catalogue.json"))?;
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, SECRET_KEY.as_bytes()),
            categories: Table::new(&catalogue, "product_categories", "category_id"),
            products: Table::new(&catalogue, "products", "product_id"),
        })
    }

    fn answer(&self, head: &hyper::http::request::Parts) -> Result<String, Refusal> {
        self.verify(head)?;
        let path = head.uri.path();
        if head.method != Method::GET {
            return Err((StatusCode::METHOD_NOT_ALLOWED, "only GET".to_owned()));
        }
        let (table, rest) = match path.strip_prefix("/v1/product-categories") {
            Some(rest) => (&self.categories, rest),
            None => {
                let rest = path.strip_prefix("/v1/products");
                (&self.products, rest.ok_or((StatusCode::NOT_FOUND, "no such path".to_owned()))?)
            }
        };
        match rest.strip_prefix('/') {
            None if rest.is_empty() => table.page(head.uri.query().unwrap_or_default()),
            id => {
                let id = percent_encoding::percent_decode_str(id.unwrap_or_default()).decode_utf8_lossy();
                let row = table.by_id.get(&*id).map(|at| table.rows[*at].json.clone());
                row.ok_or((StatusCode::NOT_FOUND, "no such id".to_owned()))
            }
        }
    }

    fn verify(&self, head: &hyper::http::request::Parts) -> Result<(), Refusal> {
        let refused = |why: &str| (StatusCode::UNAUTHORIZED, why.to_owned());
        let field = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(host), Some(key), Some(signature), Some(timestamp), Some(client)) = (
            field("host"),
            field("scp-accesskey"),
            field("scp-signature"),
            field("scp-timestamp"),
            field("scp-clienttype"),
        ) else {
            return Err(refused("a header is missing"));
        };
        if key != ACCESS_KEY || client != "Openapi" {
            return Err(refused("the key or the client is unknown"));
        }
        let time: i64 = timestamp.parse().map_err(|_| refused("the time stamp is no number"))?;
        if (Timestamp::now().as_millisecond() - time).abs() > WINDOW_MS {
            return Err(refused("the time stamp is too old"));
        }
        let target = head.uri.path_and_query().map(|target| target.as_str()).unwrap_or_default();
        let account = field("scp-accountid").unwrap_or_default();
        let message = [head.method.as_str(), "http://", host, target, timestamp, key, account, client].concat();
        let signature = STANDARD.decode(signature).map_err(|_| refused("the signature is no base64"))?;
        hmac::verify(&self.key, message.as_bytes(), &signature).map_err(|_| refused("the signature is wrong"))
    }
}

impl Table {
    fn new(catalogue: &Value, member: &'static str, id: &str) -> Self {
        let rows = catalogue[member].as_array().into_iter().flatten().filter(|row| row["evidence"] != "invented");
        let rows: Vec<Row> = rows
            .map(|row| {
                let mut members = row.as_object().cloned().unwrap_or_default();
                members.remove("evidence");
                let time = |name: &str| moment(members.get(name)?.as_str()?);
                let (created, modified) = (time("created_at"), time("modified_at"));
                Row { json: Value::Object(members.clone()).to_string(), created, modified, members }
            })
            .collect();
        let ids = rows.iter().enumerate();
        let by_id = ids.filter_map(|(at, row)| Some((row.members.get(id)?.as_str()?.to_owned(), at))).collect();
        Self { member, rows, by_id }
    }

    fn page(&self, query: &str) -> Result<String, Refusal> {
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        let mut flags: Vec<bool> = Vec::new();
        let (mut limit, mut page, mut sort) = (LIMIT, 1_usize, None);
        let mut bounds: [Option<Timestamp>; 4] = [None; 4];
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let number = || value.parse::<usize>().ok().filter(|number| *number > 0);
            match &*name {
                "limit" => limit = number().ok_or_else(|| invalid(&name, &value))?,
                "page" => page = number().ok_or_else(|| invalid(&name, &value))?,
                "sort" => {
                    let (field, direction) = value.split_once(':').ok_or_else(|| invalid(&name, &value))?;
                    let known = self.rows.first().is_some_and(|row| row.members.contains_key(field));
                    if !known || !matches!(direction, "asc" | "desc") {
                        return Err(invalid(&name, &value));
                    }
                    sort = Some((field.to_owned(), direction == "desc"));
                }
                "created_start_date" | "created_end_date" | "modified_start_date" | "modified_end_date" => {
                    let at = usize::from(name.starts_with("modified")) * 2 + usize::from(name.contains("end"));
                    bounds[at] = Some(moment(&value).ok_or_else(|| invalid(&name, &value))?);
                }
                "is_exposed_menu" => flags.push(match value.to_ascii_lowercase().as_str() {
                    "true" | "1" | "yes" | "on" | "t" | "y" => true,
                    "false" | "0" | "no" | "off" | "f" | "n" => false,
                    _ => return Err(invalid(&name, &value)),
                }),
                "product_id"
                | "product_category_id"
                | "display_name"
                | "display_name_ko"
                | "kind"
                | "created_by"
                | "modified_by" => texts.entry(name.into_owned()).or_default().push(value.into_owned()),
                _ => {}
            }
        }
        let within = |time: Option<Timestamp>, from: Option<Timestamp>, until: Option<Timestamp>| {
            from.is_none_or(|from| time.is_some_and(|time| time >= from))
                && until.is_none_or(|until| time.is_some_and(|time| time <= until))
        };
        let fits = |row: &&Row| {
            texts.iter().all(|(name, any)| {
                let text = row.members.get(name).and_then(Value::as_str);
                text.is_some_and(|text| any.iter().any(|wanted| wanted == text))
            }) && (flags.is_empty()
                || row
                    .members
                    .get("is_exposed_menu")
                    .and_then(Value::as_bool)
                    .is_some_and(|flag| flags.contains(&flag)))
                && within(row.created, bounds[0], bounds[1])
                && within(row.modified, bounds[2], bounds[3])
        };
        let mut found: Vec<&Row> = self.rows.iter().filter(fits).collect();
        if let Some((field, down)) = &sort {
            found.sort_by(|one, other| {
                let text = |row: &Row| row.members.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
                let order = text(one).cmp(&text(other));
                if *down { order.reverse() } else { order }
            });
        }
        let total = found.len();
        let items = found.into_iter().skip((page - 1).saturating_mul(limit)).take(limit);
        let mut rows = String::with_capacity(8 * 1024);
        let mut count = 0;
        for row in items {
            rows.push_str(if count > 0 { "," } else { "" });
            rows.push_str(&row.json);
            count += 1;
        }
        let mut text = String::with_capacity(rows.len() + 128);
        let _ = write!(
            text,
            r#"{{"count":{count},"current_page":{page},"total_count":{total},"total_pages":{},"{}":[{rows}]}}"#,
            total.div_ceil(limit),
            self.member
        );
        Ok(text)
    }
}

/// A time without zone, which is UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}
