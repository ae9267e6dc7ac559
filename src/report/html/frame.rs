//! What stands around everything: the head of the file, the tools, the contents, the end.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets::{POLICY, SCRIPT, STYLE};
use super::{Scene, cases, coverage, findings, remarks, requirements, statements, todo, verdict};
use crate::report::broken::Broken;

/// A part of the report that has something to say.
pub(super) struct Part {
    /// Its anchor.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: String,
    /// How much it holds, where that is worth knowing before it is opened.
    pub(super) count: Option<usize>,
    /// All of it, heading included.
    pub(super) content: Markup,
}

/// The whole file.
pub(super) fn page(scene: &Scene<'_>, broken: &[Broken<'_>]) -> Markup {
    let words = scene.words;
    let what = words.say(if scene.assessment().is_some() { "what-certification" } else { "what-run" });
    let mut parts: Vec<Part> = Vec::new();
    parts.extend(findings::refused(scene, broken));
    parts.extend(todo::part(scene));
    parts.extend(findings::others(scene, broken));
    parts.extend(requirements::part(scene));
    parts.extend(statements::part(scene));
    parts.extend(coverage::part(scene));
    parts.extend(remarks::parts(scene));
    parts.extend(cases::part(scene));
    let title = words.tell(
        "title",
        &[("verdict", words.say(verdict::keys(scene.closing.verdict).0).into()), ("what", what.as_str().into())],
    );
    html! {
        (DOCTYPE)
        html lang=(words.0.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(*POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { (words.say("skip")) }
                header.top {
                    p.brand { (mark()) span translate="no" { "storeproof" } }
                    p.what { (what) }
                    div.tools hidden {
                        @for (what, key) in [("open", "open-all"), ("close", "close-all"), ("print", "print")] {
                            button type="button" data-do=(what) { (words.say(key)) }
                        }
                    }
                }
                main #main tabindex="-1" {
                    (verdict::opening(scene))
                    (contents(scene, &parts))
                    @for part in &parts { (part.content) }
                    @if scene.assessment().is_some() { (sign_off(scene)) }
                }
                footer.foot { p { (words.tell("footer", &[("version", env!("CARGO_PKG_VERSION").into())])) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" {
            rect width="32" height="32" rx="8" {}
            path d="M8 17.2l5.4 5.3L24 10.5" {}
        }
    }
}

fn contents(scene: &Scene<'_>, parts: &[Part]) -> Markup {
    html! {
        nav.contents aria-label=(scene.words.say("contents")) {
            ol {
                @for part in parts {
                    li { a href={ "#" (part.id) } { (part.title) } @if let Some(count) = part.count { " " span.count { (count) } } }
                }
            }
        }
    }
}

/// On paper, room for whoever takes the word on themselves.
fn sign_off(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    html! {
        section.sign-off aria-labelledby="sign-off" {
            h2 #sign-off { (words.say("sign-off")) }
            dl { @for key in ["sign-name", "sign-date", "sign-signature"] { div { dt { (words.say(key)) } dd {} } } }
        }
    }
}
