//! HTML that is escaped by construction: what is not known when the program is built can only
//! become text.

use crate::render::{story, wrap::printable};

pub(super) struct Page(String);

impl Page {
    pub(super) fn begin() -> Self {
        Self(String::with_capacity(16 << 10))
    }

    pub(super) fn end(self) -> String {
        self.0
    }

    /// Markup, which is ours.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0 += markup;
        self
    }

    /// Text, whoever wrote it. What no eye sees is named, so that it can be found in a quote.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for char in text.chars() {
            match char {
                '\r' => {}
                '\n' | '\t' => self.0.push(char),
                _ if story::unseen(char) => {
                    let name = format!("U+{:04X}", u32::from(char));
                    self.raw("<mark>").0.push_str(&name);
                    self.raw("</mark>");
                }
                _ => self.escaped(printable(char)),
            }
        }
        self
    }

    pub(super) fn element(
        &mut self,
        name: &'static str,
        classes: &[&'static str],
        text: &str,
    ) -> &mut Self {
        self.begun(name, classes).text(text).raw("</").raw(name).raw(">\n")
    }

    /// A sentence of ours: what it has between backticks is code.
    pub(super) fn told(
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
    pub(super) fn open(&mut self, name: &'static str, id: &str) -> &mut Self {
        self.raw("<").raw(name).raw(" id=\"").attribute(id).raw("\">")
    }

    /// A link within the page.
    pub(super) fn link(&mut self, id: &str) -> &mut Self {
        self.raw("<a href=\"#").attribute(id).raw("\">").text(id).raw("</a>")
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
            '&' => self.0 += "&amp;",
            '<' => self.0 += "&lt;",
            '>' => self.0 += "&gt;",
            '"' => self.0 += "&quot;",
            '\'' => self.0 += "&#39;",
            other => self.0.push(other),
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
