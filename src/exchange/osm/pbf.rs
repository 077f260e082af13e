//! The container of an `.osm.pbf` file: which blobs it has, whether it is whole, and the
//! elements of each blob. Knows nothing of what the tags mean.
//!
//! Hostile bytes cannot hurt: sizes are checked against the file before anything is read, the
//! decoder stops at 32 MiB a blob, and a decoder panic on absurd numbers becomes an error.

use crate::exchange::error::{ExchangeError, check_file, shown};
use crate::geometry::BBox;
use osmpbf::{BlobDecode, BlobReader, BlobType, ByteOffset, Element, HeaderBlock};
use std::fs::File;
use std::io::{BufReader, Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

const EXPECTED: &str = "an .osm.pbf file";
/// The format's own limit for one blob.
const MAX_BLOB: i32 = 32 << 20;
const KNOWN_FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// An extract whose outer structure has been checked to the last byte.
pub struct PbfFile {
    path: PathBuf,
    reader: BlobReader<BufReader<File>>,
    blobs: Vec<ByteOffset>,
    /// The box the file says it covers.
    pub bounds: Option<BBox>,
}

impl PbfFile {
    /// Opens a file and walks over its blobs without decoding them.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let length = check_file(path)?;
        refuse_text(path)?;
        let file = File::open(path).map_err(|e| ExchangeError::io(path, e))?;
        let mut reader = BlobReader::new_seekable(BufReader::new(file)).map_err(|e| not_pbf(path, e))?;
        let blobs = walk(path, &mut reader, length)?;
        let mut this = Self { path: path.into(), reader, blobs, bounds: None };
        this.read_header()?;
        Ok(this)
    }

    /// Hands every element of the file to `take`, in file order; `share` hears how far it is.
    pub fn each(&mut self, mut take: impl FnMut(Element<'_>), mut share: impl FnMut(f64)) -> Result<(), ExchangeError> {
        for i in 1..self.blobs.len() {
            share(i as f64 / self.blobs.len() as f64);
            let blob = self.reader.blob_from_offset(self.blobs[i]).map_err(|e| self.damaged(i, e))?;
            let decoded = catch_unwind(AssertUnwindSafe(|| match blob.decode() {
                Ok(BlobDecode::OsmData(block)) => {
                    block.for_each_element(&mut take);
                    Ok(())
                }
                Ok(_) => Ok(()),
                Err(e) => Err(e.to_string()),
            }));
            let decoded = decoded.unwrap_or_else(|_| Err("its numbers make no sense".into()));
            decoded.map_err(|e| self.damaged(i, e))?;
        }
        share(1.0);
        Ok(())
    }

    fn read_header(&mut self) -> Result<(), ExchangeError> {
        let path = self.path.clone();
        let blob = self.reader.blob_from_offset(self.blobs[0]).map_err(|e| not_pbf(&path, e))?;
        let header: HeaderBlock = blob.to_headerblock().map_err(|e| not_pbf(&path, e))?;
        if let Some(unknown) = header.required_features().iter().find(|f| !KNOWN_FEATURES.contains(&f.as_str())) {
            let detail = format!("it needs the feature {unknown:?}, which this program cannot read");
            return Err(ExchangeError::Format { file: shown(&path), expected: "a plain OSM extract", detail });
        }
        self.bounds = header.bbox().and_then(|b| {
            let (west, south, east, north) = (tidy(b.left), tidy(b.bottom), tidy(b.right), tidy(b.top));
            let sane = west < east && south < north && west >= -180.0 && east <= 180.0 && south >= -90.0;
            (sane && north <= 90.0).then_some(BBox { west, south, east, north })
        });
        Ok(())
    }

    fn damaged(&self, blob: usize, error: impl std::fmt::Display) -> ExchangeError {
        let (n, at) = (blob + 1, self.blobs[blob].0);
        let detail = format!("block {n} of {} (byte {at}) cannot be read: {error}", self.blobs.len());
        ExchangeError::Damaged { file: shown(&self.path), detail }
    }
}

/// Offsets of all blobs; the last one must end where the file ends.
fn walk(path: &Path, reader: &mut BlobReader<BufReader<File>>, length: u64) -> Result<Vec<ByteOffset>, ExchangeError> {
    let mut blobs = Vec::new();
    let mut end = 0;
    while let Some(next) = reader.next_header_skip_blob() {
        let (header, offset) = match next {
            Ok(next) => next,
            Err(e) if blobs.is_empty() => return Err(not_pbf(path, e)),
            Err(e) => return Err(broken(path, end, e)),
        };
        let is_first = blobs.is_empty();
        if is_first && header.blob_type() != BlobType::OsmHeader {
            return Err(not_pbf(path, "it does not begin with an OSM header"));
        }
        if !(0..=MAX_BLOB).contains(&header.get_blob_size()) {
            return Err(broken(path, end, format!("a block says it has {} bytes", header.get_blob_size())));
        }
        end = reader.seek_raw(SeekFrom::Current(0)).map_err(|e| broken(path, end, e))?;
        if end > length {
            let missing = end - length;
            return Err(broken(path, length, format!("the file ends {missing} bytes too early (cut off?)")));
        }
        blobs.extend(offset);
    }
    match blobs.len() {
        0 => Err(not_pbf(path, "it is too short")),
        _ if end != length => Err(broken(path, end, "the file ends in the middle of a block (cut off?)")),
        _ => Ok(blobs),
    }
}

/// Says what a text file is before the binary reader stumbles over it.
fn refuse_text(path: &Path) -> Result<(), ExchangeError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| ExchangeError::io(path, e))?;
    file.take(512).read_to_end(&mut head).map_err(|e| ExchangeError::io(path, e))?;
    let text = String::from_utf8_lossy(&head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let what = if text.contains("<osm") {
        "it is OSM XML; convert it first (`osmium cat in.osm -o out.osm.pbf`)"
    } else if text.starts_with("<!doctype") || text.contains("<html") {
        "it is a web page; the download did not give the file itself"
    } else if head.starts_with(&[0x1f, 0x8b]) || head.starts_with(b"PK\x03\x04") || head.starts_with(b"BZh") {
        "it is a compressed archive; unpack it first"
    } else {
        return Ok(());
    };
    Err(not_pbf(path, what))
}

/// Header boxes are nanodegrees; the floating product has noise in the last digits.
fn tidy(degrees: f64) -> f64 {
    (degrees * 1e9).round() / 1e9
}

fn not_pbf(path: &Path, detail: impl std::fmt::Display) -> ExchangeError {
    ExchangeError::Format { file: shown(path), expected: EXPECTED, detail: detail.to_string() }
}

fn broken(path: &Path, at: u64, detail: impl std::fmt::Display) -> ExchangeError {
    ExchangeError::Damaged { file: shown(path), detail: format!("at byte {at}: {detail}") }
}
