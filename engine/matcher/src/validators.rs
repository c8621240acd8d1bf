//! Checksums and forms that are no matter of patterns: those of `VALIDATORS` in `transforms/detect/validators.py`.

use crate::tree::Fault;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A check by its name, with the table that it was handed over with.
#[derive(Debug)]
pub enum Validator {
    /// Ranges of leading digits, and the lengths of numbers that begin so.
    Card(Vec<(u32, u32, Vec<usize>)>),
    /// The numbers of provinces.
    ResidentId(Vec<u32>),
    /// Countries by the length of their numbers.
    Iban(Vec<(usize, Vec<String>)>),
    Plain(fn(&str) -> bool),
}

impl Validator {
    pub fn of(name: &Value, table: &Value) -> Result<Self, Fault> {
        Ok(match name.as_str() {
            Some("card") => Self::Card(read(table)?),
            Some("resident_id_cn") => Self::ResidentId(read(table)?),
            Some("iban") => Self::Iban(read(table)?),
            Some("ipv6") => Self::Plain(is_ipv6),
            Some("above_versions") => Self::Plain(is_above_versions),
            Some("netmask") => Self::Plain(is_netmask),
            Some("network") => Self::Plain(is_network),
            Some("mebibytes") => Self::Plain(is_mebibytes),
            _ => return Err(Fault("a validator of no known name")),
        })
    }

    pub fn holds(&self, text: &str) -> bool {
        match self {
            Self::Card(issuers) => is_card(text, issuers),
            Self::ResidentId(provinces) => is_resident_id(text, provinces),
            Self::Iban(lengths) => is_iban(text, lengths),
            Self::Plain(check) => check(text),
        }
    }
}

fn read<Table: DeserializeOwned>(table: &Value) -> Result<Table, Fault> {
    Table::deserialize(table).map_err(|_| Fault("a validator without its table"))
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|one| one.to_digit(10)).collect()
}

/// ISO/IEC 7812-1, annex B.
fn is_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match place % 2 {
            0 => digit,
            _ => 2 * digit / 10 + 2 * digit % 10,
        })
        .sum();
    sum % 10 == 0
}

fn is_card(text: &str, issuers: &[(u32, u32, Vec<usize>)]) -> bool {
    let digits = digits(text);
    if !is_luhn(&digits) || digits.windows(2).all(|pair| pair[0] == pair[1]) {
        return false;
    }
    issuers.iter().any(|(low, high, lengths)| {
        let length = low.to_string().len();
        let lead = digits.iter().take(length).fold(0, |number, digit| 10 * number + digit);
        lengths.contains(&digits.len()) && (*low..=*high).contains(&lead)
    })
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// GB 11643-1999, check ISO 7064 MOD 11-2.
fn is_resident_id(text: &str, provinces: &[u32]) -> bool {
    let signs: Vec<char> = text.chars().filter(|one| !matches!(one, ' ' | '-')).collect();
    let body: Option<Vec<u32>> = signs.iter().take(17).map(|one| one.to_digit(10)).collect();
    let (Some(body), Some(check), 18) = (body, signs.get(17), signs.len()) else { return false };
    let number = |from: usize, to: usize| body[from..to].iter().fold(0, |number, digit| 10 * number + digit);
    if !provinces.contains(&number(0, 2)) || !is_date(number(6, 10), number(10, 12), number(12, 14)) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    b"10X98765432"[(sum % 11) as usize] == check.to_ascii_uppercase() as u8
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

/// ISO 13616-1, MOD 97-10 of ISO 7064.
fn is_iban(text: &str, lengths: &[(usize, Vec<String>)]) -> bool {
    let plain: String =
        text.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_uppercase()).collect();
    let known = |countries: &[String]| countries.iter().any(|country| plain.starts_with(country.as_str()));
    if !lengths.iter().any(|(length, countries)| *length == plain.len() && known(countries)) {
        return false;
    }
    let rotated = plain[4..].chars().chain(plain[..4].chars());
    let rest = rotated.filter_map(|one| one.to_digit(36)).fold(0, |rest, value| {
        let shifted = if value < 10 { 10 * rest } else { 100 * rest };
        (shifted + value) % 97
    });
    rest == 1
}

/// RFC 4291, and not a time, a MAC address or a scope operator.
fn is_ipv6(text: &str) -> bool {
    let text = text.split('/').next().unwrap_or_default();
    let Ok(address) = text.split('%').next().unwrap_or_default().parse::<Ipv6Addr>() else { return false };
    if address.is_loopback() || address.is_unspecified() {
        return false;
    }
    let link_local = address.segments()[0] & 0xFFC0 == 0xFE80;
    let has_digit = text.chars().any(|one| one.is_ascii_digit());
    has_digit && (text.matches(':').count() > 2 || link_local || text.contains('.'))
}

/// Reads an address, and the prefix behind it.
fn network(text: &str) -> Option<(u32, Option<u32>)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
        None => (text, None),
    };
    Some((u32::from(address.parse::<Ipv4Addr>().ok()?), prefix))
}

fn is_above_versions(text: &str) -> bool {
    network(text).is_some_and(|(address, _)| address.to_be_bytes().iter().any(|&one| one >= 100))
}

fn is_netmask(text: &str) -> bool {
    network(text).is_some_and(|(address, _)| address >> 24 == 255 && address | (address - 1) == u32::MAX)
}

fn is_network(text: &str) -> bool {
    match network(text) {
        Some((address, Some(prefix))) => prefix <= 24 && u64::from(address) % (1 << (32 - prefix)) == 0,
        _ => false,
    }
}

fn is_mebibytes(text: &str) -> bool {
    let rest =
        |number: u64, one: char| one.to_digit(10).map(|digit| (10 * number + u64::from(digit)) % (1 << 20));
    text.chars().try_fold(0, rest) == Some(0)
}
