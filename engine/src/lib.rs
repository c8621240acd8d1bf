//! logveil's event engine: it knows JSON, Avro and hashing; every rule is handed over by Python.
#![forbid(unsafe_code)]

mod matcher;

use pyo3::prelude::*;

#[pymodule]
fn logveil_engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<matcher::Matcher>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
