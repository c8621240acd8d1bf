//! logveil's event engine: it knows JSON, Avro and hashing; every rule is handed over by Python.
#![forbid(unsafe_code)]

mod avro;
mod engine;
mod event;
mod matcher;
mod memory;
mod plan;
mod repeats;
mod table;
mod tally;
mod work;

use pyo3::prelude::*;

#[pymodule]
fn logveil_engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<engine::Engine>()?;
    module.add_class::<matcher::Matcher>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
