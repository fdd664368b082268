//! `.refusal.txt`: why a file was not answered, for the person who brought it (PROTOCOL section
//! 5.3).

use super::escape::for_terminal;
use crate::licence::identifier::is_control_or_format;
use crate::wire::response::RefusalNotice;

/// The text: which file, what was wrong, what to do next, the codes. Lines end with CR LF, UTF-8
/// without byte order mark.
#[must_use]
pub fn text(notice: &RefusalNotice) -> String {
    let (hour, minute, second) = notice.issued_at.hour_minute_second();
    let day = notice.issued_at.day().in_words();
    let mut lines = vec![
        "This file was not answered. Nothing was changed and no licence was used.".to_owned(),
        String::new(),
        format!("File:             {}", escaped_path(&notice.file)),
        format!("What was wrong:   {}", for_terminal(&notice.message)),
        format!("What to do next:  {}", for_terminal(&notice.remedy)),
        String::new(),
        format!("Code:             {}", for_terminal(&notice.code)),
        format!("Refused on:       {day}, {hour:02}:{minute:02}:{second:02} UTC"),
    ];
    lines.extend(
        notice
            .organization
            .as_ref()
            .map(|o| format!("Organization:     {o}")),
    );
    lines.extend(
        notice
            .product
            .as_ref()
            .map(|p| format!("Product:          {p}")),
    );
    lines.extend(
        notice
            .computer_id
            .map(|id| format!("Computer ID:      {id}")),
    );
    lines.extend(notice.request.map(|id| format!("Request:          {id}")));
    lines.push(format!("SHA-256 of file:  {}", notice.digest));
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\r\n"])
        .collect()
}

/// The notice's path is escaped already; a second time would double the escapes.
fn escaped_path(path: &str) -> String {
    if path.chars().any(is_control_or_format) {
        for_terminal(path)
    } else {
        path.to_owned()
    }
}
