//! Redact log events with Vector's `redact` function: `vector-redact PATTERNS.json EVENTS.jsonl OUT.jsonl`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use vrl::compiler::{Context, TargetValue, TimeZone, compile, state::RuntimeState};
use vrl::value::{Secrets, Value};

/// Return a program that redacts the text fields by patterns and masks the structured ones.
fn program(settings: &serde_json::Value) -> String {
    let texts = |key: &str| -> Vec<String> {
        let list = settings[key].as_array().expect("a list");
        list.iter().map(|item| item.as_str().expect("a text").to_owned()).collect()
    };
    let filters: Vec<String> = texts("patterns").iter().map(|pattern| format!("r'{pattern}'")).collect();
    let filters = filters.join(", ");
    let redacted = texts("fields").into_iter().map(|field| {
        format!(".{field} = redact!(.{field}, filters: [\"us_social_security_number\", {filters}])")
    });
    let masked = texts("masked_fields").into_iter().map(|field| format!(".{field} = \"[REDACTED]\""));
    redacted.chain(masked).collect::<Vec<_>>().join("\n")
}

/// Return the CPU seconds of this thread, the only one, as Linux accounts for them.
fn cpu_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().expect("a number").parse::<f64>()? / 1e9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let settings = serde_json::from_reader(File::open(&paths[0])?)?;
    let compiled = compile(&program(&settings), &vrl::stdlib::all()).expect("a valid program").program;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&paths[2])?);
    let zone = TimeZone::default();
    let (begin, cpu_begin) = (Instant::now(), cpu_seconds()?);
    for line in BufReader::with_capacity(1 << 20, File::open(&paths[1])?).lines() {
        let event: serde_json::Value = serde_json::from_str(&line?)?;
        let mut target = TargetValue {
            value: Value::from(event),
            metadata: Value::Object(BTreeMap::new()),
            secrets: Secrets::default(),
        };
        let mut state = RuntimeState::default();
        compiled.resolve(&mut Context::new(&mut target, &mut state, &zone)).map_err(|error| error.to_string())?;
        serde_json::to_writer(&mut out, &target.value)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let (seconds, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds()? - cpu_begin);
    println!("{{\"version\": \"vrl 0.38.0\", \"seconds\": {seconds}, \"cpu_seconds\": {cpu}}}");
    Ok(())
}
