//! What stands around every page: the ways to the others, the languages, the keyboard.

use fantoccini::key::Key;

use super::support::play;

/// Pages that are there before anything was exchanged.
const PAGES: [(&str, &str); 3] = [("welcome", "/"), ("signature", "/signature"), ("about", "/about")];

#[test]
#[ignore = "needs a browser"]
fn every_page_looks_right_in_every_language() {
    play(&[], async |browser, _| {
        for (language, tag) in [("ko", "ko"), ("zh", "zh-Hans"), ("en", "en")] {
            browser.open(&format!("/?lang={language}")).await;
            for (name, path) in PAGES {
                browser.open(path).await;
                assert_eq!(browser.script("return document.documentElement.lang").await, tag);
                browser.sound(&format!("{name}-{language}")).await;
            }
        }
    });
}

#[test]
#[ignore = "needs a browser"]
fn the_keyboard_reaches_everything() {
    play(&[], async |browser, _| {
        for (name, path) in PAGES {
            browser.open(path).await;
            browser.walk(name).await;
        }
        // The first stop leads past the navigation.
        browser.open("/about").await;
        browser.key(Key::Tab).await;
        browser.key(Key::Enter).await;
        browser.until("location.hash === '#main' && document.activeElement.id === 'main'").await;
    });
}

#[test]
#[ignore = "needs a browser"]
fn a_page_that_is_not_there_leads_back() {
    play(&[], async |browser, _| {
        browser.open("/exchanges/4711").await;
        browser.shows("Not here").await;
        // The browser reports the status of the page itself.
        browser.errors().await;
        browser.sound("missing").await;
        browser.press("Back to the exchanges").await;
        browser.shows("Nothing has been exchanged yet").await;
    });
}

/// The look at a page that all of these tests take is worth something.
#[test]
#[ignore = "needs a browser"]
fn what_is_wrong_with_a_page_is_seen() {
    const FLAWS: [(&str, &str); 9] = [
        ("pixels in a window of", "main.innerHTML += '<div style=\"width: 3000px\">wide</div>'"),
        ("no language", "document.documentElement.removeAttribute('lang')"),
        ("2 headings of the first rank", "main.innerHTML += '<h1>another</h1>'"),
        ("a heading of rank 6", "main.innerHTML += '<h6>small</h6>'"),
        ("a field without a label", "main.innerHTML += '<input name=nameless>'"),
        ("without a name", "main.innerHTML += '<button></button>'"),
        ("ids that stand twice: main", "main.innerHTML += '<p id=main>again</p>'"),
        ("to 1: <p", "main.innerHTML += '<p style=\"color: #bbb\">faint</p>'"),
        ("a table without heads", "main.innerHTML += '<table><tr><td>1</td></tr></table>'"),
    ];
    play(&[], async |browser, _| {
        for (problem, flaw) in FLAWS {
            browser.open("/about").await;
            assert_eq!(browser.problems().await, [""; 0]);
            // The policy of the console forbids styles in a page, so that they are set once it is there.
            let styled =
                "for (const box of document.querySelectorAll('[style]')) box.style.cssText = box.getAttribute('style')";
            browser.script(&format!("const main = document.querySelector('main'); {flaw}; {styled}")).await;
            let found = browser.problems().await;
            assert!(found.iter().any(|found| found.contains(problem)), "{problem}: {found:?}");
        }
        browser.errors().await;
        browser.script("setTimeout(() => { throw new Error('broken script') })").await;
        browser.until("true").await;
        assert!(browser.errors().await.iter().any(|error| error.contains("broken script")));
    });
}
