//! The one way features are written: a batch in one transaction, or nothing of it. Rows travel
//! as arrays, many in one statement.

use super::layers::{catalogue, column_type};
use super::{Db, meta, network, plain};
use crate::atlas::layer::PropertyType;
use crate::atlas::{Catalogue, CatalogueEntry, FeatureId, Ident, NewFeature};
use crate::store::row::{Cell, Row, row};
use crate::store::schema::{own_columns, quote};
use crate::store::{Batch, Op, WriteError, Written, audit, error, scenarios, wkb};
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row as _, query::Query};
use std::collections::HashSet;

/// Rows of one statement.
const ROWS: usize = 2_000;

impl Db {
    pub async fn write(&self, batch: Batch) -> Result<Written, WriteError> {
        let mut tx = self.begin().await?;
        let all = catalogue(&self.built_in, &mut tx).await?;
        let mut writer = Writer { db: &mut tx, all, written: Written::default(), rows: 0, waiting: None };
        for op in batch.ops {
            writer.op(op).await?;
        }
        writer.flush().await?;
        let mut written = writer.written;
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
        written.seq = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(written)
    }
}

struct Writer<'a> {
    db: &'a mut PgConnection,
    all: Catalogue,
    written: Written,
    /// Features handed in so far.
    rows: usize,
    waiting: Option<Updates>,
}

/// Updates of different features of one layer, kept until they can be done at once.
struct Updates {
    entry: CatalogueEntry,
    ids: HashSet<FeatureId>,
    rows: Vec<(FeatureId, Option<i64>, Row)>,
}

impl Writer<'_> {
    async fn op(&mut self, op: Op) -> Result<(), WriteError> {
        match op {
            Op::Update { layer, id, expected, feature } => {
                let entry = self.entry(&layer)?;
                let row = self.row(&entry, feature)?;
                let joins = |u: &Updates| u.entry.layer.id == layer && u.rows.len() < ROWS && !u.ids.contains(&id);
                if !self.waiting.as_ref().is_some_and(joins) {
                    self.flush().await?;
                }
                let empty = || Updates { entry, ids: HashSet::new(), rows: Vec::new() };
                let waiting = self.waiting.get_or_insert_with(empty);
                waiting.ids.insert(id);
                waiting.rows.push((id, expected, row));
                Ok(())
            }
            Op::Insert { layer, features } => {
                self.flush().await?;
                let entry = self.entry(&layer)?;
                let rows = features.into_iter().map(|f| self.row(&entry, f)).collect::<Result<Vec<_>, _>>()?;
                self.insert(&entry, &rows).await
            }
            Op::Delete { layer, id, expected } => {
                self.flush().await?;
                self.entry(&layer)?;
                let table = quote(&layer);
                let sql =
                    format!("DELETE FROM {table} WHERE id = $1 AND coalesce(version, 1) = coalesce($2, version, 1)");
                let query = sqlx::query(AssertSqlSafe(sql)).bind(id.0).bind(expected);
                if query.execute(&mut *self.db).await?.rows_affected() == 0 {
                    return Err(self.missed(&layer, id, expected).await);
                }
                self.written.deleted += 1;
                Ok(())
            }
            Op::Clear { layer, source } => {
                self.flush().await?;
                self.entry(&layer)?;
                let sql = format!("DELETE FROM {} WHERE $1 IS NULL OR coalesce(source, 'edit') = $1", quote(&layer));
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
    fn row(&mut self, entry: &CatalogueEntry, feature: NewFeature) -> Result<Row, WriteError> {
        let index = self.rows;
        self.rows += 1;
        row(entry, feature).map_err(|m| error::misfit(&entry.layer.id, index, m))
    }

    async fn insert(&mut self, entry: &CatalogueEntry, rows: &[Row]) -> Result<(), WriteError> {
        if rows.is_empty() {
            return Ok(());
        }
        let first = self.reserve(&entry.layer.id, rows.len() as i64).await?;
        let ids: Vec<i64> = (first..).take(rows.len()).collect();
        let columns = Columns::of(entry);
        let sql = format!(
            "INSERT INTO {} (id, geom, source, ref, extra{}) \
             SELECT id, ST_GeomFromWKB(geom, 4326), source, ref, extra::jsonb{} \
             FROM UNNEST($1::bigint[]{}) AS u (id{})",
            quote(&entry.layer.id),
            own_columns(entry),
            columns.values,
            columns.arrays(2),
            columns.names
        );
        for (ids, rows) in ids.chunks(ROWS).zip(rows.chunks(ROWS)) {
            let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(ids.to_vec());
            let query = bind(query, entry, &rows.iter().collect::<Vec<_>>());
            query.execute(&mut *self.db).await.map_err(|e| error::conflict(&entry.layer.id, e))?;
        }
        self.written.inserted.extend(ids.into_iter().map(FeatureId));
        Ok(())
    }

    /// The first of `n` new numbers. The writers' lock is ours, so no other writer takes them.
    /// An outside tool may have chosen numbers by itself, which the sequence does not know.
    async fn reserve(&mut self, layer: &Ident, n: i64) -> Result<i64, WriteError> {
        let table = quote(layer);
        let sequence = format!("pg_get_serial_sequence('{table}', 'id')::regclass");
        let sql = format!(
            "SELECT greatest(coalesce((SELECT max(id) FROM {table}), 0), coalesce(pg_sequence_last_value({sequence}), 0))"
        );
        let last: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *self.db).await?;
        let sql = format!("SELECT setval({sequence}, $1)");
        sqlx::query(AssertSqlSafe(sql)).bind(last + n).execute(&mut *self.db).await?;
        Ok(last + 1)
    }

    /// Does the updates that wait.
    async fn flush(&mut self) -> Result<(), WriteError> {
        let Some(Updates { entry, rows, .. }) = self.waiting.take() else { return Ok(()) };
        let layer = &entry.layer.id;
        let columns = Columns::of(&entry);
        let own: String = entry.properties.iter().enumerate().map(|(i, p)| columns.assignment(i, &p.name)).collect();
        let sql = format!(
            "UPDATE {} AS t SET geom = ST_GeomFromWKB(u.geom, 4326), source = u.source, ref = u.ref, \
             extra = u.extra::jsonb{own} FROM UNNEST($1::bigint[], $2::bigint[]{}) AS u (id, expected{}) \
             WHERE t.id = u.id AND coalesce(t.version, 1) = coalesce(u.expected, t.version, 1) RETURNING t.id",
            quote(layer),
            columns.arrays(3),
            columns.names
        );
        let (ids, expected): (Vec<i64>, Vec<Option<i64>>) = rows.iter().map(|(id, e, _)| (id.0, *e)).unzip();
        let query = sqlx::query(AssertSqlSafe(sql)).bind(ids).bind(expected);
        let query = bind(query, &entry, &rows.iter().map(|(_, _, row)| row).collect::<Vec<_>>());
        let done = query.fetch_all(&mut *self.db).await.map_err(|e| error::conflict(layer, e))?;
        let done = done.iter().map(|row| row.try_get(0).map(FeatureId)).collect::<Result<HashSet<_>, _>>()?;
        if let Some((id, expected, _)) = rows.iter().find(|(id, _, _)| !done.contains(id)) {
            return Err(self.missed(layer, *id, *expected).await);
        }
        self.written.updated += rows.len();
        Ok(())
    }

    /// Why a write to one feature found none.
    async fn missed(&mut self, layer: &Ident, id: FeatureId, expected: Option<i64>) -> WriteError {
        let sql = format!("SELECT coalesce(version, 1) FROM {} WHERE id = $1", quote(layer));
        let found = sqlx::query(AssertSqlSafe(sql)).bind(id.0).fetch_optional(&mut *self.db).await;
        match found.and_then(|row| row.map(|r| r.try_get::<i64, _>(0)).transpose()) {
            Ok(actual) => error::missed(layer, id, expected, actual),
            Err(e) => e.into(),
        }
    }
}

/// The layer's columns after `id` as parts of SQL over `UNNEST`; each starts with a comma.
struct Columns {
    types: Vec<&'static str>,
    names: String,
    values: String,
}

impl Columns {
    fn of(entry: &CatalogueEntry) -> Self {
        let types: Vec<_> = entry.properties.iter().map(|p| column_type(p.kind)).collect();
        let own: String = (0..types.len()).map(|i| format!(", c{i}")).collect();
        let values = types.iter().enumerate().map(|(i, t)| format!(", c{i}::{t}")).collect();
        Self { names: format!(", geom, source, ref, extra{own}"), values, types }
    }

    /// The parameters from number `first`; JSON travels as text.
    fn arrays(&self, first: usize) -> String {
        let own = self.types.iter().map(|t| if *t == "jsonb" { "text" } else { t });
        let all = ["bytea", "text", "text", "text"].into_iter().chain(own);
        all.enumerate().map(|(i, t)| format!(", ${}::{t}[]", first + i)).collect()
    }

    fn assignment(&self, i: usize, name: &Ident) -> String {
        format!(", {} = u.c{i}::{}", quote(name), self.types[i])
    }
}

type Bound<'q> = Query<'q, Postgres, PgArguments>;

/// Binds geometry, source, reference, extra and the layer's own columns, each as an array.
fn bind<'q>(query: Bound<'q>, entry: &CatalogueEntry, rows: &[&Row]) -> Bound<'q> {
    let extra = |row: &&Row| row.extra.as_ref().map(ToString::to_string);
    let mut query = query
        .bind(rows.iter().map(|r| wkb::encode(&r.geometry)).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.source.clone()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.reference.clone()).collect::<Vec<_>>())
        .bind(rows.iter().map(extra).collect::<Vec<_>>());
    for (i, property) in entry.properties.iter().enumerate() {
        let cells = rows.iter().map(|r| &r.cells[i]);
        query = match property.kind {
            PropertyType::Integer => query.bind(cells.map(integer).collect::<Vec<_>>()),
            PropertyType::Number => query.bind(cells.map(number).collect::<Vec<_>>()),
            PropertyType::Boolean => query.bind(cells.map(boolean).collect::<Vec<_>>()),
            _ => query.bind(cells.map(text).collect::<Vec<_>>()),
        };
    }
    query
}

fn integer(cell: &Cell) -> Option<i64> {
    if let Cell::Integer(n) = cell { Some(*n) } else { None }
}

fn number(cell: &Cell) -> Option<f64> {
    if let Cell::Number(n) = cell { Some(*n) } else { None }
}

fn boolean(cell: &Cell) -> Option<bool> {
    if let Cell::Boolean(b) = cell { Some(*b) } else { None }
}

fn text(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.clone()),
        Cell::Json(value) => Some(value.to_string()),
        _ => None,
    }
}
