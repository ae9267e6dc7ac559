//! What the store answers when a vendor calls it: nothing is documented, so nothing is served.

use crate::wire::{Headers, Request, Response};

/// Answers any call of a vendor with 404 and says why: in every dialect the store pulls, the vendor never calls.
pub fn answer(request: &Request) -> Response {
    let message = format!(
        "KT Cloud Biz Store serves no interface to vendors: it calls the vendor and polls. {} {} has no answer.",
        request.method,
        request.path()
    );
    let headers = Headers::from_iter([("Content-Type", "application/json; charset=utf-8")]);
    let body = serde_json::json!({ "message": message }).to_string().into_bytes();
    Response { headers, body, ..Response::new(404) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_the_vendor_is_told_that_the_store_only_pulls() {
        let response = answer(&Request::new("GET", "/orders?id=1"));
        assert_eq!(response.status, 404);
        assert!(response.text().contains("GET /orders"));
    }
}
