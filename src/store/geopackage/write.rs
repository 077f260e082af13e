//! The one way features are written: a batch in one transaction, or nothing of it.

use super::layers::{catalogue, clear_the_way, geometry_type};
use super::{Db, NOW, meta, network, plain};
use crate::atlas::{Catalogue, CatalogueEntry, FeatureId, Ident};
use crate::geometry::BBox;
use crate::store::row::{Cell, Row, row};
use crate::store::schema::{own_columns, quote};
use crate::store::{Batch, Op, StoreError, WriteError, Written, audit, error, scenarios, wkb};
use geo::{Geometry, MultiLineString, MultiPolygon};
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqliteConnection, query::Query};
use std::collections::BTreeMap;

/// Rows of one `INSERT`, and SQLite's limit of values in one statement.
const ROWS: usize = 500;
const VALUES: usize = 32_766;

impl Db {
    pub async fn write(&self, batch: Batch) -> Result<Written, WriteError> {
        let mut tx = self.begin().await?;
        clear_the_way(&mut tx).await?;
        let all = catalogue(&self.built_in, &mut tx).await?;
        let mut writer = Writer { db: &mut tx, all, written: Written::default(), rows: 0, touched: BTreeMap::new() };
        for op in batch.ops {
            writer.op(op).await?;
        }
        let (mut written, touched) = (writer.written, writer.touched);
        if let Some(artefact) = batch.network {
            network::put(&mut tx, artefact).await?;
        }
        for (key, value) in &batch.meta {
            meta::put(&mut tx, key, value).await?;
        }
        if let Some(adopts) = &batch.adopts
            && plain::run(&mut tx, scenarios::ADOPT, scenarios::adopted(adopts)).await? == 0
        {
            return Err(WriteError::OtherScenario);
        }
        for entry in &batch.audit {
            plain::run(&mut tx, audit::INSERT, audit::values(entry, &written.inserted)).await?;
        }
        for (layer, bbox) in touched {
            note(&mut tx, &layer, bbox).await?;
        }
        written.seq = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(&mut *tx).await?;
        tx.commit().await?;
        self.presence.check()?;
        Ok(written)
    }
}

struct Writer<'a> {
    db: &'a mut SqliteConnection,
    all: Catalogue,
    written: Written,
    /// Features handed in so far.
    rows: usize,
    /// Layers that were written to, and the box around what was put there.
    touched: BTreeMap<Ident, Option<BBox>>,
}

impl Writer<'_> {
    async fn op(&mut self, op: Op) -> Result<(), WriteError> {
        match op {
            Op::Insert { layer, features } => {
                let entry = self.entry(&layer)?;
                let rows = features.into_iter().map(|f| self.row(&entry, f)).collect::<Result<Vec<_>, _>>()?;
                self.insert(&entry, &rows).await
            }
            Op::Update { layer, id, expected, feature } => {
                let entry = self.entry(&layer)?;
                let row = self.row(&entry, feature)?;
                self.update(&entry, id, expected, &row).await
            }
            Op::Delete { layer, id, expected } => {
                self.entry(&layer)?;
                self.touched.entry(layer.clone()).or_default();
                let sql = format!(
                    "DELETE FROM {} WHERE id = ? AND coalesce(version, 1) = coalesce(?, version, 1)",
                    quote(&layer)
                );
                let query = sqlx::query(AssertSqlSafe(sql)).bind(id.0).bind(expected);
                let done = query.execute(&mut *self.db).await?.rows_affected();
                if done == 0 {
                    return Err(self.missed(&layer, id, expected).await);
                }
                self.written.deleted += 1;
                Ok(())
            }
            Op::Clear { layer, source } => {
                self.entry(&layer)?;
                self.touched.entry(layer.clone()).or_default();
                let sql = format!("DELETE FROM {} WHERE ?1 IS NULL OR coalesce(source, 'edit') = ?1", quote(&layer));
                let done = sqlx::query(AssertSqlSafe(sql)).bind(source).execute(&mut *self.db).await?;
                self.written.deleted += done.rows_affected() as usize;
                Ok(())
            }
        }
    }

    fn entry(&self, layer: &Ident) -> Result<CatalogueEntry, WriteError> {
        self.all.get(layer.as_str()).cloned().ok_or_else(|| WriteError::UnknownLayer(layer.clone()))
    }

    /// Checks one feature that was handed in, and counts it.
    fn row(&mut self, entry: &CatalogueEntry, feature: crate::atlas::NewFeature) -> Result<Row, WriteError> {
        let layer = &entry.layer.id;
        let (index, bbox) = (self.rows, self.touched.entry(layer.clone()).or_default());
        self.rows += 1;
        let row = row(entry, feature).map_err(|m| error::misfit(layer, index, m))?;
        *bbox = Some(bbox.map_or(row.bbox, |b| b.union(row.bbox)));
        Ok(row)
    }

    async fn insert(&mut self, entry: &CatalogueEntry, rows: &[Row]) -> Result<(), WriteError> {
        let table = quote(&entry.layer.id);
        // The lock is ours, so the next numbers are ours too. Numbers are never used again,
        // even when the newest feature is gone.
        let sql = format!(
            "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{}'), 0), \
             coalesce((SELECT max(id) FROM {table}), 0))",
            entry.layer.id
        );
        let mut last: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *self.db).await?;
        let width = 5 + entry.properties.len();
        let tuple = format!("({})", vec!["?"; width].join(", "));
        for chunk in rows.chunks(ROWS.min(VALUES / width)) {
            let sql = format!(
                "INSERT INTO {table} (id, geom, source, ref, extra{}) VALUES {}",
                own_columns(entry),
                vec![tuple.as_str(); chunk.len()].join(", ")
            );
            // Full chunks and single rows are worth keeping prepared.
            let keep = chunk.len() == 1 || rows.len() / chunk.len() > 1;
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(keep);
            for row in chunk {
                last += 1;
                self.written.inserted.push(FeatureId(last));
                query = bind(query.bind(last), entry, row);
            }
            query.execute(&mut *self.db).await.map_err(|e| error::conflict(&entry.layer.id, e))?;
        }
        Ok(())
    }

    async fn update(
        &mut self,
        entry: &CatalogueEntry,
        id: FeatureId,
        expected: Option<i64>,
        row: &Row,
    ) -> Result<(), WriteError> {
        let layer = &entry.layer.id;
        let own: String = entry.properties.iter().map(|p| format!(", {} = ?", quote(&p.name))).collect();
        let sql = format!(
            "UPDATE {} SET geom = ?, source = ?, ref = ?, extra = ?{own}, version = coalesce(version, 0) + 1, \
             updated_at = {NOW} WHERE id = ? AND coalesce(version, 1) = coalesce(?, version, 1)",
            quote(layer)
        );
        let query = bind(sqlx::query(AssertSqlSafe(sql)), entry, row).bind(id.0).bind(expected);
        let done = query.execute(&mut *self.db).await.map_err(|e| error::conflict(layer, e))?.rows_affected();
        if done == 0 {
            return Err(self.missed(layer, id, expected).await);
        }
        self.written.updated += 1;
        Ok(())
    }

    /// Why a write to one feature found none.
    async fn missed(&mut self, layer: &Ident, id: FeatureId, expected: Option<i64>) -> WriteError {
        let sql = format!("SELECT coalesce(version, 1) FROM {} WHERE id = ?", quote(layer));
        let found = sqlx::query(AssertSqlSafe(sql)).bind(id.0).fetch_optional(&mut *self.db).await;
        match found.and_then(|row| row.map(|r| r.try_get::<i64, _>(0)).transpose()) {
            Ok(actual) => error::missed(layer, id, expected, actual),
            Err(e) => e.into(),
        }
    }
}

type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Binds geometry, source, reference, extra and the layer's own columns.
fn bind<'q>(query: Bound<'q>, entry: &CatalogueEntry, row: &Row) -> Bound<'q> {
    let geometry = match (geometry_type(entry.layer.geometry), &row.geometry) {
        ("MULTILINESTRING", Geometry::LineString(l)) => MultiLineString(vec![l.clone()]).into(),
        ("MULTIPOLYGON", Geometry::Polygon(p)) => MultiPolygon(vec![p.clone()]).into(),
        (_, other) => other.clone(),
    };
    let mut query = query
        .bind(wkb::encode_gpkg(&geometry, Some(row.bbox)))
        .bind(row.source.clone())
        .bind(row.reference.clone())
        .bind(row.extra.as_ref().map(ToString::to_string));
    for cell in &row.cells {
        query = match cell {
            Cell::Null => query.bind(None::<i64>),
            Cell::Text(text) => query.bind(text.clone()),
            Cell::Integer(n) => query.bind(*n),
            Cell::Number(n) => query.bind(*n),
            Cell::Boolean(b) => query.bind(*b),
            Cell::Json(value) => query.bind(value.to_string()),
        };
    }
    query
}

/// Tells GeoPackage readers when the layer changed and how far it reaches.
async fn note(db: &mut SqliteConnection, layer: &Ident, bbox: Option<BBox>) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE gpkg_contents SET min_x = NULL, min_y = NULL, max_x = NULL, max_y = NULL \
         WHERE table_name = ? AND NOT EXISTS (SELECT 1 FROM {})",
        quote(layer)
    );
    sqlx::query(AssertSqlSafe(sql)).bind(layer.as_str()).execute(&mut *db).await?;
    let grow = match bbox {
        None => "",
        Some(_) => {
            ", min_x = min(?2, coalesce(min_x, ?2)), min_y = min(?3, coalesce(min_y, ?3)), \
             max_x = max(?4, coalesce(max_x, ?4)), max_y = max(?5, coalesce(max_y, ?5))"
        }
    };
    let sql = format!("UPDATE gpkg_contents SET last_change = {NOW}{grow} WHERE table_name = ?1");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(layer.as_str());
    for value in bbox.into_iter().flat_map(BBox::array) {
        query = query.bind(value);
    }
    query.execute(db).await?;
    Ok(())
}
