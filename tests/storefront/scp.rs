//! The page of Samsung Cloud Platform.

use crate::support::{Vendor, standing};

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_searched_and_made_up_rows_are_marked() {
    let standing = standing(&[("scp", &[], Vendor::Nobody)]).await;
    let visitor = standing.visitor("en");
    let page = visitor.get("/scp").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("made up") && page.text.contains("documented"), "{}", page.text);
    assert!(page.text.contains("action=\"/signature\"") && page.text.contains("109 rows"), "{}", page.text);
    let page = visitor.get("/scp?text=database").await;
    assert!(page.text.contains("DATABASE") && !page.text.contains(">COMPUTE<"), "{}", page.text);
    let page = visitor.get("/scp?text=%22%3E%3Cscript%3E").await;
    assert!(page.text.contains("0 rows") && !page.text.contains("<script>"), "{}", page.text);
    let page = standing.visitor("ko").get("/scp").await;
    assert!(page.text.contains("카탈로그"), "{}", page.text);
    assert_eq!(visitor.get("/koogallery").await.status, 404, "it is not served");
}
