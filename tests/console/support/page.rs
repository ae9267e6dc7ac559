//! What holds for every page, at every width.

use std::collections::BTreeSet;

use fantoccini::key::Key;
use serde_json::Value;

use super::Browser;
use super::browser::WIDTHS;

impl Browser {
    /// Looks at the page in every width: nothing wider than the window, every field labelled, one heading, a language,
    /// text that can be read, and nothing in the browser's console. Leaves a picture of each.
    pub(crate) async fn sound(&self, name: &str) {
        for width in WIDTHS {
            self.resize(width).await;
            self.picture(&format!("{name}-{width}")).await;
            let problems = self.problems().await;
            assert!(problems.is_empty(), "{name} at {width}: {}", problems.join("\n"));
        }
        self.resize(WIDTHS[0]).await;
        let errors = self.errors().await;
        assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
    }

    /// What is wrong with the page as it is, as sentences.
    pub(crate) async fn problems(&self) -> Vec<String> {
        let problems = self.script(include_str!("page.js")).await;
        problems.as_array().into_iter().flatten().map(Value::to_string).collect()
    }

    /// Goes through the page with the tabulator: everything that can be used is reached, in the order in which it stands,
    /// and it shows that it has the focus.
    pub(crate) async fn walk(&self, name: &str) {
        // From the top, wherever the page itself has put the focus.
        self.script(
            "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); scrollTo(0, 0)",
        )
        .await;
        let wanted = self.script(WANTED).await.as_u64().unwrap_or_default();
        let mut reached = BTreeSet::new();
        // A field for a date has several stops of its own.
        for _ in 0..=wanted * 5 {
            self.key(Key::Tab).await;
            let focus = self.script(FOCUS).await;
            let Some(number) = focus["number"].as_u64() else { break };
            // Where it has several, the browser shows the further ones inside of it.
            let shown = focus["seen"] == true || reached.contains(&number);
            assert!(shown, "{name}: {} has the focus and does not show it", focus["what"]);
            assert!(reached.last().is_none_or(|last| *last <= number), "{name}: {} comes too late", focus["what"]);
            reached.insert(number);
        }
        let missed: Vec<u64> = (0..wanted).filter(|number| !reached.contains(number)).collect();
        let missed = self.script(&format!("return {missed:?}.map(number => window.walked[number].outerHTML)")).await;
        assert_eq!(missed, Value::Array(Vec::new()), "{name}: the keyboard does not reach these");
    }
}

/// Numbers everything that can be used.
const WANTED: &str = r#"
    const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const groups = new Set();
    window.walked = [...document.querySelectorAll(usable)].filter(element => {
        if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) return false;
        // The arrow keys go through the buttons of one group.
        if (element.type === 'radio') {
            const checked = document.querySelector(`input[name="${CSS.escape(element.name)}"]:checked`);
            if (checked ? checked !== element : groups.has(element.name)) return false;
            groups.add(element.name);
        }
        return element.tabIndex >= 0;
    });
    return window.walked.length;
"#;

/// What has the focus, and whether that can be seen.
const FOCUS: &str = r#"
    const element = document.activeElement;
    const number = window.walked.indexOf(element);
    if (number < 0) return {};
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = element.getBoundingClientRect();
    const inside = box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth;
    return { number, seen: (outlined || style.boxShadow !== 'none') && inside, what: element.outerHTML.slice(0, 200) };
"#;
