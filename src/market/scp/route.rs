//! Which operation a request calls, by its path.

use std::borrow::Cow;

use super::model::List;
use super::query;
use crate::wire::Request;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// The versions of the service.
    Versions,
    /// A list.
    List(List),
    /// One item of a list; the id is `None` where its bytes are no text.
    Show(List, Option<Cow<'a, str>>),
}

/// Method and path of every operation, in words.
pub(crate) const ROUTES: &str =
    "/v1/product-categories, /v1/product-categories/{category_id}, /v1/products or /v1/products/{product_id}";

impl<'a> Route<'a> {
    /// What a request calls; `None` where nothing stands at its path. A slash at the end is another path.
    pub(crate) fn of(request: &'a Request) -> Option<Self> {
        let path = path(&request.target);
        if path == "/" {
            return Some(Self::Versions);
        }
        let (list, rest) = match path.strip_prefix("/v1/product-categories") {
            Some(rest) => (List::Categories, rest),
            None => (List::Products, path.strip_prefix("/v1/products")?),
        };
        match rest.strip_prefix('/') {
            None if rest.is_empty() => Some(Self::List(list)),
            Some(id) if !id.is_empty() && !id.contains('/') => Some(Self::Show(list, query::segment(id))),
            _ => None,
        }
    }

    /// Its `operationId`.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Versions => "ListVersions",
            Self::List(List::Categories) => "ListProductCategories",
            Self::List(List::Products) => "ListProducts",
            Self::Show(list, _) => list.show(),
        }
    }

    /// What it is called in sentences.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Versions => "the list of versions",
            Self::List(List::Categories) => "the list of categories",
            Self::List(List::Products) => "the list of products",
            Self::Show(List::Categories, _) => "one category",
            Self::Show(List::Products, _) => "one product",
        }
    }
}

/// The path of a target, which may be a whole URL (RFC 9112, 3.2.2).
pub(crate) fn path(target: &str) -> &str {
    let target = target.split(['?', '#']).next().unwrap_or_default();
    let Some((_, behind)) = target.split_once("://").filter(|_| !target.starts_with('/')) else { return target };
    behind.find('/').map_or("/", |at| &behind[at..])
}

/// The query of a target.
pub(crate) fn query_of(request: &Request) -> Option<&str> {
    request.query().map(|query| query.split('#').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/", Some("ListVersions"))]
    #[case("/?a=1", Some("ListVersions"))]
    #[case("/v1/products", Some("ListProducts"))]
    #[case("/v1/products?page=1", Some("ListProducts"))]
    #[case("/v1/products/VPC", Some("ShowProduct"))]
    #[case("/v1/products/%ff", Some("ShowProduct"))]
    #[case("/v1/product-categories", Some("ListProductCategories"))]
    #[case("/v1/product-categories/AI-ML?x", Some("ShowProductCategory"))]
    #[case("https://product.e.samsungsdscloud.com/v1/products", Some("ListProducts"))]
    #[case("http://127.0.0.1:7703", Some("ListVersions"))]
    #[case("/v1/products/", None)]
    #[case("/v1/products/VPC/", None)]
    #[case("/v1/productsVPC", None)]
    #[case("/v1/Products", None)]
    #[case("/v1", None)]
    #[case("", None)]
    #[case("/v1/products/http://x/v1/products", None)]
    fn paths_are_exact(#[case] target: &str, #[case] operation: Option<&str>) {
        let request = Request::new("GET", target);
        assert_eq!(Route::of(&request).map(|route| route.operation()), operation);
    }
}
