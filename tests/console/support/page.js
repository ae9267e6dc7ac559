// What is wrong with a page, as sentences. Run by page.rs.
const problems = [];
const what = element => element.outerHTML.replace(/\s+/g, ' ').slice(0, 160);
const visible = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

// Nothing sticks out to the right, unless a box of its own scrolls it.
const page = document.scrollingElement;
if (page.scrollWidth > page.clientWidth) {
    const scrolls = element => {
        for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
            if (getComputedStyle(box).overflowX !== 'visible') return true;
        }
        return false;
    };
    const wide = [...document.body.querySelectorAll('*')]
        .filter(element => element.getBoundingClientRect().right > page.clientWidth + 1 && !scrolls(element));
    problems.push(`${page.scrollWidth} pixels in a window of ${page.clientWidth}: ${wide.slice(0, 3).map(what).join(' | ')}`);
}

// A page says its language, its title and its one heading.
if (!document.documentElement.lang) problems.push('no language');
if (!document.title.trim()) problems.push('no title');
const headings = document.querySelectorAll('h1');
if (headings.length !== 1) problems.push(`${headings.length} headings of the first rank`);
if (document.querySelectorAll('main').length !== 1) problems.push('not one main part');
let rank = 1;
for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const own = Number(heading.tagName[1]);
    if (own > rank + 1) problems.push(`a heading of rank ${own} below one of ${rank}: ${what(heading)}`);
    rank = own;
}

// Whatever can be used has a name.
const named = element => (element.getAttribute('aria-label') || '').trim()
    || (element.getAttribute('aria-labelledby') || '').split(/\s+/)
        .some(id => id && document.getElementById(id)?.textContent.trim());
for (const field of document.querySelectorAll('input:not([type=hidden]):not([type=submit]), select, textarea')) {
    if (!named(field) && ![...(field.labels || [])].some(label => label.textContent.trim())) {
        problems.push(`a field without a label: ${what(field)}`);
    }
}
for (const element of document.querySelectorAll('button, a[href], summary')) {
    if (visible(element) && !named(element) && !element.textContent.trim()) {
        problems.push(`without a name: ${what(element)}`);
    }
}
for (const picture of document.querySelectorAll('img:not([alt])')) problems.push(`no text for ${what(picture)}`);
for (const table of document.querySelectorAll('table')) {
    if (!table.querySelector('th')) problems.push(`a table without heads: ${what(table)}`);
}
const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
if (twice.length) problems.push(`ids that stand twice: ${[...new Set(twice)].join(', ')}`);

// Text stands out from what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 where it is large).
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const colour = text => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
};
const over = (above, below) => above.slice(0, 3).map((part, at) => part * above[3] + below[at] * (1 - above[3]));
const behind = element => {
    const layers = [];
    for (let box = element; box; box = box.parentElement) {
        const style = getComputedStyle(box);
        if (style.backgroundImage !== 'none') return null;
        const layer = colour(style.backgroundColor);
        if (layer[3] > 0) layers.push(layer);
        if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
};
const light = parts => {
    const [red, green, blue] = parts.map(part => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const faint = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(), seen = 0; node && seen < 3000; node = walker.nextNode(), seen += 1) {
    const element = node.parentElement;
    if (!node.data.trim() || !visible(element) || element.closest('[aria-hidden=true], :disabled')) continue;
    const ground = behind(element);
    if (!ground) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(over(colour(style.color), ground)), light(ground)];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) faint.add(`${contrast.toFixed(2)} to 1: ${what(element)}`);
}
problems.push(...[...faint].slice(0, 5));
return problems;
