//! What a page says beside what is printed.

/// Whether what stands in a page is what is printed but for lines that are left out.
pub(super) fn leaves_out(said: &str, printed: &str) -> bool {
    let (said, printed) = (format!("\n{}", stable(said)), format!("\n{}", stable(printed)));
    let mut parts = said.split("\n…");
    let Some(mut rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else {
        return false;
    };
    let mut last = "";
    for part in parts {
        last = part;
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty() || last == "\n"
}

/// A text without what is another at each run: ids and times of the journal, ports on loopback, directories for a run.
pub(super) fn stable(text: &str) -> String {
    let mut stable = String::new();
    for word in text.split_inclusive([' ', '\n']) {
        let bare = word.trim_end();
        let is_hex = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
        let is_id = bare.len() == 8 && bare.bytes().all(is_hex);
        let has = |length: usize, sign: u8| {
            let parts: Vec<&[u8]> = bare.as_bytes().split(|byte| *byte == sign).collect();
            let numbers = parts.iter().all(|part| part.iter().all(u8::is_ascii_digit));
            bare.len() == length && parts.len() == 3 && numbers
        };
        let (is_date, is_time) = (has(10, b'-'), has(8, b':'));
        let end = word.get(bare.len()..).unwrap_or_default();
        match port(bare).or_else(|| directory(bare)) {
            _ if is_id => stable.push_str("ID"),
            _ if is_date => stable.push_str("DATE"),
            _ if is_time => stable.push_str("TIME"),
            Some(other) => stable.push_str(&other),
            None => stable.push_str(bare),
        }
        stable.push_str(end);
    }
    stable
}

/// `tcp:127.0.0.1:40123`, `http://127.0.0.1:40123`
fn port(word: &str) -> Option<String> {
    let (before, _) = ["tcp:127.0.0.1:", "http://127.0.0.1:"]
        .iter()
        .find_map(|address| word.split_once(address).map(|(before, _)| (before, address)))
        .map(|(before, address)| (format!("{before}{address}"), ()))?;
    Some(before + "PORT")
}

/// `/tmp/ahv-net-agent-e96a7a032b0f/reader.token`
fn directory(word: &str) -> Option<String> {
    let (before, rest) = word.split_once("/ahv-net-agent-")?;
    let (_, file) = rest.split_once('/')?;
    Some(format!("{before}/ahv-net-agent-ID/{file}"))
}
