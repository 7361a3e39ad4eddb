//! HTML that is escaped by construction: what is not known when the program is built can only
//! become text.

use crate::render::{story, wrap::printable};

pub(in crate::render) struct Page {
    text: String,
    /// Of ids, where one page has several reports.
    within: String,
}

impl Page {
    pub(in crate::render) fn begin() -> Self {
        Self { text: String::with_capacity(16 << 10), within: String::new() }
    }

    pub(in crate::render) fn end(self) -> String {
        self.text
    }

    /// From here on, ids and links to them are of this report.
    pub(in crate::render) fn within(&mut self, id: &str) {
        self.within = if id.is_empty() { String::new() } else { format!("{id}/") };
    }

    /// Markup, which is ours.
    pub(in crate::render) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.text += markup;
        self
    }

    /// Text, whoever wrote it. What no eye sees is named, so that it can be found in a quote.
    pub(in crate::render) fn text(&mut self, text: &str) -> &mut Self {
        for char in text.chars() {
            match char {
                '\r' => {}
                '\n' | '\t' => self.text.push(char),
                _ if story::unseen(char) => {
                    let name = format!("U+{:04X}", u32::from(char));
                    self.raw("<mark>").text.push_str(&name);
                    self.raw("</mark>");
                }
                _ => self.escaped(printable(char)),
            }
        }
        self
    }

    pub(in crate::render) fn element(
        &mut self,
        name: &'static str,
        classes: &[&'static str],
        text: &str,
    ) -> &mut Self {
        self.begun(name, classes).text(text).raw("</").raw(name).raw(">\n")
    }

    /// A sentence of ours: what it has between backticks is code.
    pub(in crate::render) fn told(
        &mut self,
        name: &'static str,
        classes: &[&'static str],
        text: &str,
    ) -> &mut Self {
        self.begun(name, classes);
        for (index, piece) in text.split('`').enumerate() {
            if index % 2 == 0 {
                self.text(piece);
            } else {
                self.raw("<code>").text(piece).raw("</code>");
            }
        }
        self.raw("</").raw(name).raw(">\n")
    }

    /// Begins an element that can be linked to.
    pub(in crate::render) fn open(&mut self, name: &'static str, id: &str) -> &mut Self {
        self.raw("<").raw(name).raw(" id=\"").id(id).raw("\">")
    }

    /// A link within the page.
    pub(in crate::render) fn link(&mut self, id: &str) -> &mut Self {
        self.named_link(id, id)
    }

    pub(in crate::render) fn named_link(&mut self, id: &str, text: &str) -> &mut Self {
        self.raw("<a href=\"#").id(id).raw("\">").text(text).raw("</a>")
    }

    fn id(&mut self, id: &str) -> &mut Self {
        let within = self.within.clone();
        self.attribute(&within).attribute(id)
    }

    fn begun(&mut self, name: &'static str, classes: &[&'static str]) -> &mut Self {
        self.raw("<").raw(name);
        if let [first, rest @ ..] = classes {
            self.raw(" class=\"").raw(first);
            for class in rest {
                self.raw(" ").raw(class);
            }
            self.raw("\"");
        }
        self.raw(">")
    }

    fn attribute(&mut self, text: &str) -> &mut Self {
        text.chars().map(printable).for_each(|char| self.escaped(char));
        self
    }

    fn escaped(&mut self, char: char) {
        match char {
            '&' => self.text += "&amp;",
            '<' => self.text += "&lt;",
            '>' => self.text += "&gt;",
            '"' => self.text += "&quot;",
            '\'' => self.text += "&#39;",
            other => self.text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_still_only_text() {
        let mut page = Page::begin();
        page.told("p", &[], "a `<b>` c");
        assert_eq!(page.end(), "<p>a <code>&lt;b&gt;</code> c</p>\n");
    }

    #[test]
    fn text_is_only_text() {
        let mut page = Page::begin();
        page.element("p", &["a", "b"], "</p><script>&'\"\u{200b}\u{7}").link("x\"y");
        assert_eq!(
            page.end(),
            "<p class=\"a b\">&lt;/p&gt;&lt;script&gt;&amp;&#39;&quot;<mark>U+200B</mark>\u{fffd}\
             </p>\n<a href=\"#x&quot;y\">x&quot;y</a>"
        );
    }
}
