//! What an import of a layer did or would do, and every fault with its row.

use std::fmt;

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Line of a table, number of a feature.
    pub row: usize,
    pub field: String,
    pub detail: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, {}: {}", self.row, self.field, self.detail)
    }
}

/// The story of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerReport {
    pub rows: usize,
    pub added: usize,
    pub updated: usize,
    pub deleted: usize,
    pub bad_rows: usize,
    pub faults: Vec<RowFault>,
    /// Columns that the layer does not name; kept beside its fields.
    pub extra: Vec<String>,
    /// Columns whose names the service keeps for itself; not imported.
    pub dropped: Vec<String>,
}

impl LayerReport {
    /// Counts the row's faults, if any.
    pub(super) fn blame(&mut self, faults: Vec<RowFault>) {
        self.bad_rows += usize::from(!faults.is_empty());
        self.faults.extend(faults);
    }
}
