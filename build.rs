//! What is embedded by macros that do not notice new files: migrations, and the web page. A
//! development build reads the page from its folder at run time and needs nothing.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        // A missing file counts as changed: the build looks again until the page is there.
        println!("cargo:rerun-if-changed=web/dist/index.html");
    }
}
