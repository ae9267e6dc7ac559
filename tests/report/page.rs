//! Reads an HTML file as strictly as no browser does, so that a test can say what is wrong with it.

use std::collections::BTreeSet;

/// Elements that have no end.
const VOID: [&str; 4] = ["meta", "br", "hr", "input"];

/// One tag as it stands in the file.
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    pub(crate) attributes: Vec<(&'a str, &'a str)>,
    pub(crate) ends: bool,
    /// Text up to the next tag.
    pub(crate) text: &'a str,
}

impl<'a> Tag<'a> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The tags of a file in their order.
pub(crate) fn tags(html: &str) -> Result<Vec<Tag<'_>>, String> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    let mut tags = Vec::new();
    while let Some(inside) = rest.strip_prefix('<') {
        let end = end_of(inside).ok_or_else(|| format!("a tag that does not end: {:.80}", inside))?;
        let (tag, behind) = (&inside[..end], &inside[end + 1..]);
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes = attributes_of(attributes).ok_or_else(|| format!("attributes of <{tag}>"))?;
        // What is raw text ends with its own tag and nothing else.
        let next = match name {
            "style" | "script" if !ends => behind.find(&format!("</{name}>")),
            _ => Some(behind.find('<').unwrap_or(behind.len())),
        };
        let next = next.ok_or_else(|| format!("<{name}> does not end"))?;
        tags.push(Tag { name, attributes, ends, text: &behind[..next] });
        rest = &behind[next..];
    }
    if rest.is_empty() { Ok(tags) } else { Err(format!("text outside of everything: {rest:.80}")) }
}

fn end_of(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.char_indices().find_map(|(at, character)| {
        quoted ^= character == '"';
        (character == '>' && !quoted).then_some(at)
    })
}

fn attributes_of(mut text: &str) -> Option<Vec<(&str, &str)>> {
    let mut attributes = Vec::new();
    while !text.is_empty() {
        let end = text.find([' ', '=']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if !name
            .chars()
            .all(|character| character.is_ascii_lowercase() || "-VBAR".contains(character) || character == 'o')
            && !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        {
            return None;
        }
        let (value, rest) = match rest.strip_prefix("=\"") {
            Some(rest) => rest.split_once('"')?,
            None => ("", rest),
        };
        attributes.push((name, value));
        text = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Some(attributes)
}

/// What is wrong with a file that is to stand for itself.
pub(crate) fn troubles(html: &str) -> Vec<String> {
    let tags = match tags(html) {
        Ok(tags) => tags,
        Err(trouble) => return vec![trouble],
    };
    let mut troubles = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let (mut ids, mut targets) = (BTreeSet::new(), BTreeSet::new());
    let mut headings = Vec::new();
    for tag in &tags {
        if tag.ends {
            if open.pop() != Some(tag.name) {
                troubles.push(format!("</{}> ends what it did not begin", tag.name));
            }
            continue;
        }
        // A block inside of a paragraph would end it.
        if ["p", "div", "ul", "ol", "dl", "pre", "table", "details", "figure"].contains(&tag.name)
            && open.contains(&"p")
        {
            troubles.push(format!("<{}> inside of a paragraph", tag.name));
        }
        if !VOID.contains(&tag.name) {
            open.push(tag.name);
        }
        if let Some(id) = tag.attribute("id")
            && !ids.insert(id)
        {
            troubles.push(format!("the id {id} stands twice"));
        }
        for name in ["aria-labelledby", "aria-describedby"] {
            targets.extend(tag.attribute(name));
        }
        if let Some(href) = tag.attribute("href") {
            match href.strip_prefix('#') {
                Some(target) => {
                    targets.insert(target);
                }
                None => troubles.push(format!("a way out: {href}")),
            }
        }
        for (name, _) in &tag.attributes {
            if ["src", "style", "srcset", "action", "background", "ping"].contains(name) || name.starts_with("on") {
                troubles.push(format!("an attribute {name} of <{}>", tag.name));
            }
        }
        if ["link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"].contains(&tag.name) {
            troubles.push(format!("an element <{}>", tag.name));
        }
        if let Some(level) = tag.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) {
            headings.push(level);
        }
    }
    if !open.is_empty() {
        troubles.push(format!("left open: {open:?}"));
    }
    troubles.extend(targets.difference(&ids).map(|target| format!("#{target} leads nowhere")));
    if headings.iter().filter(|level| **level == 1).count() != 1 || headings.first() != Some(&1) {
        troubles.push(format!("not one h1 at the top: {headings:?}"));
    }
    if headings.windows(2).any(|pair| pair[1] > pair[0] + 1) {
        troubles.push(format!("a level of headings is left out: {headings:?}"));
    }
    // What an element begins with.
    for pair in tags.windows(2).filter(|pair| !pair[0].ends) {
        let wanted = match pair[0].name {
            "table" => "caption",
            "details" => "summary",
            "figure" => "figcaption",
            _ => continue,
        };
        if pair[1].name != wanted {
            troubles.push(format!("<{}> begins with <{}>", pair[0].name, pair[1].name));
        }
    }
    for tag in tags.iter().filter(|tag| tag.name == "th" && !tag.ends) {
        if tag.attribute("scope").is_none() {
            troubles.push("a th without a scope".to_owned());
        }
    }
    for way in ["url(", "@import", "fetch(", "XMLHttpRequest", "import("] {
        if tags.iter().any(|tag| ["style", "script"].contains(&tag.name) && tag.text.contains(way)) {
            troubles.push(format!("{way} loads something"));
        }
    }
    troubles
}
