//! Photos of strangers: read as what their bytes say they are, bounded before anything is decoded,
//! turned the right way up, made smaller, and written anew as JPEG, so that nothing of the file but
//! the picture is left: no place, no time, no camera. Pure; takes memory for one picture at a time.

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageResult, Limits, RgbImage};
use std::io::Cursor;
use std::panic::catch_unwind;

/// Bytes that a photo may have as it comes.
pub const MOST_BYTES: usize = 12 << 20;

/// Pixels that it may have: those of the largest usual telephone camera.
const MOST_PIXELS: u64 = 50_000_000;

/// The longest side of what comes in.
const LONGEST: u32 = 16_384;

/// Memory for the decoded picture: 50 million pixels in three bytes each.
const MOST_MEMORY: u64 = 150_000_000;

/// The longest side of what is kept.
pub const SIDE: u32 = 1600;

const QUALITY: u8 = 82;

/// A picture that is fit to be kept: JPEG without any metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    pub jpeg: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({} x {}, {} bytes)", self.width, self.height, self.jpeg.len())
    }
}

/// Why a file is not taken as a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("is larger than {} MB", MOST_BYTES >> 20)]
    TooManyBytes,
    #[error("is not a JPEG, PNG or WebP picture")]
    NotAPhoto,
    #[error("has more than {} million pixels", MOST_PIXELS / 1_000_000)]
    TooManyPixels,
    #[error("is damaged or not complete")]
    Damaged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

/// Reads a photo and makes it fit to be kept.
pub fn photo(bytes: &[u8]) -> Result<Photo, PhotoError> {
    if bytes.len() > MOST_BYTES {
        return Err(PhotoError::TooManyBytes);
    }
    let kind = kind(bytes).ok_or(PhotoError::NotAPhoto)?;
    // The decoders are others' code, and the bytes are a stranger's.
    let made = catch_unwind(|| match kind {
        Kind::Jpeg if !jpeg_is_whole(bytes) => Err(PhotoError::Damaged),
        Kind::Webp if !webp_is_whole(bytes) => Err(PhotoError::Damaged),
        Kind::Jpeg => made(JpegDecoder::new(Cursor::new(bytes))),
        Kind::Png => made(PngDecoder::with_limits(Cursor::new(bytes), limits())),
        Kind::Webp => made(WebPDecoder::new(Cursor::new(bytes))),
    });
    made.unwrap_or(Err(PhotoError::Damaged))
}

/// What the bytes are, whatever they are called.
fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
        _ => None,
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST), Some(LONGEST));
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn made(decoder: ImageResult<impl ImageDecoder>) -> Result<Photo, PhotoError> {
    let mut decoder = decoder.map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST || pixels > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(PhotoError::TooManyPixels);
    }
    if pixels == 0 {
        return Err(PhotoError::Damaged);
    }
    // A file whose note on that cannot be read is shown as it lies.
    let orientation = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    let mut small = smaller(picture);
    if let Some(orientation) = orientation {
        small.apply_orientation(orientation);
    }
    written(&on_white(small))
}

fn refusal(error: &image::ImageError) -> PhotoError {
    match error {
        image::ImageError::Limits(_) => PhotoError::TooManyPixels,
        _ => PhotoError::Damaged,
    }
}

/// First by whole averages, which takes no memory for another large picture, then finely.
fn smaller(picture: DynamicImage) -> DynamicImage {
    let side = |picture: &DynamicImage| picture.width().max(picture.height());
    let picture = if side(&picture) > 2 * SIDE { picture.thumbnail(2 * SIDE, 2 * SIDE) } else { picture };
    if side(&picture) > SIDE { picture.resize(SIDE, SIDE, FilterType::CatmullRom) } else { picture }
}

/// What can be seen through becomes white, as on paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut paper = RgbImage::new(picture.width(), picture.height());
    for (to, from) in paper.pixels_mut().zip(picture.pixels()) {
        let [r, g, b, a] = from.0.map(u16::from);
        to.0 = [r, g, b].map(|c| ((c * a + 255 * (255 - a) + 127) / 255) as u8);
    }
    paper
}

fn written(picture: &RgbImage) -> Result<Photo, PhotoError> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    picture.write_with_encoder(encoder).map_err(|_| PhotoError::Damaged)?;
    Ok(Photo { jpeg, width: picture.width(), height: picture.height() })
}

/// Whether the file says that it is as long as it is, at the most.
fn webp_is_whole(bytes: &[u8]) -> bool {
    let said = bytes.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    said.is_some_and(|said| said as usize + 8 <= bytes.len())
}

/// Whether the picture comes to its end: the decoder would draw the missing part in grey. Follows
/// the segments, because a small picture may lie inside one.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // To the next marker; inside a scan 0xff00 is data and 0xffd0 to 0xffd7 restarts.
        let Some(skip) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == 0xff)) else { return false };
        at += skip + 1;
        match bytes.get(at) {
            None => return false,
            Some(0xd9) => return true,
            Some(0x00 | 0x01 | 0xd0..=0xd8) => at += 1,
            // Fill; it may be the first byte of the marker.
            Some(0xff) => {}
            Some(_) => {
                let Some(&[high, low]) = bytes.get(at + 1..at + 3) else { return false };
                at += 1 + usize::from(u16::from_be_bytes([high, low])).max(2);
            }
        }
    }
}
