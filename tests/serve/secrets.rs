//! Keys of the configuration are nowhere to be seen.

use base64::Engine as _;
use serde_json::json;
use storeproof::transport::spawn_in_thread;
use storeproof::wire::{Reply, Request, Response};

use crate::events::Reader;
use crate::support::Folder;

const CANARIES: [&str; 3] = ["canary-access-key-1", "canary-kit-key-22", "canary-secret-key-333"];

#[test]
fn no_answer_of_the_api_and_no_file_shows_a_key() {
    let folder = Folder::new();
    folder.put(
        "storeproof.toml",
        "[koogallery]\naccess-key = \"${KEY}\"\nkit-access-key = \"${KIT}\"\nopen-api = { ak = \"AK\", sk = \"${SK}\" }\n",
    );
    // A vendor that echoes all keys in every form that one may think of.
    let vendor = spawn_in_thread(|request, _| {
        let base64 = base64::engine::general_purpose::STANDARD;
        let forms: Vec<String> = CANARIES
            .iter()
            .flat_map(|key| {
                let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
                [(*key).to_owned(), base64.encode(key), base64.encode(format!("user:{key}")), hex]
            })
            .collect();
        let mut response = Response::new(200);
        response.headers.push("Content-Type", "application/json;charset=UTF-8");
        response.headers.push("X-Echo", CANARIES[0]);
        response.body =
            json!({ "resultCode": CANARIES[1], "resultMsg": forms, "instanceId": "i-1", "of": request.target })
                .to_string()
                .into_bytes();
        Reply::from(response)
    })
    .expect("a free port");
    let variables = [("KEY", CANARIES[0]), ("KIT", CANARIES[1]), ("SK", CANARIES[2])];
    let words = format!("koogallery --state state.json --vendor {}/{}", vendor.base(), CANARIES[0]);
    let served = folder.serve_with(&words, &variables);
    let reader = Reader::new(&served, "", "");

    let buy = json!({
        "operation": "newInstance",
        "inputs": { "order": { "generate": "order-period" } },
        "body": { "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001", "note": CANARIES[2] },
        "description": CANARIES[0],
    });
    let mut shown = vec![served.post("/koogallery/calls", &buy).is(200).to_string()];
    // A vendor may send them, too: in the address, in a field, in a body that is no text.
    let mut echo = Request::new("POST", format!("/usage?key={}", CANARIES[2]));
    echo.headers.push("X-Key", CANARIES[0]);
    echo.body = [b"\xff\xfe", CANARIES[1].as_bytes(), b"\xff"].concat();
    served.send("koogallery", echo);
    let order = served.post("/koogallery/calls", &json!({ "operation": CANARIES[0] }));
    shown.push(order.response.text());
    for path in ["/marketplaces", "/exchanges", "/exchanges?text=canary", "/koogallery/disturbances"] {
        shown.push(served.get(path).to_string());
    }
    let last = served.get("/exchanges")["last"].as_u64().expect("a number");
    shown.extend((1..=last).map(|id| served.get(&format!("/exchanges/{id}")).to_string()));
    assert!(last >= 2);
    let ran = served.stopped();
    shown.extend([reader.rest(), ran.out, ran.err]);
    // What the user clicks with is kept as it was typed, to be clicked again; what a vendor says is not.
    let state = folder.text("state.json");
    assert!(!state.contains(CANARIES[1]), "{state}");

    let base64 = base64::engine::general_purpose::STANDARD;
    for text in &shown {
        for key in CANARIES {
            let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
            let inside = base64.encode(format!("user:{key}"));
            for form in [key.to_owned(), base64.encode(key), inside, hex] {
                assert!(!text.contains(&form), "{form} is shown in {text}");
            }
            // In the bytes of a message that is no text.
            for word in text.split('"').filter(|word| word.len() > 20) {
                let decoded = base64.decode(word).unwrap_or_default();
                assert!(!decoded.windows(key.len()).any(|window| window == key.as_bytes()), "{key} is shown in {word}");
            }
        }
    }
    assert!(shown.iter().any(|text| text.contains("[redacted]")), "there was something to hide");
}
