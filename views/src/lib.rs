//! What a report looks like: pure functions from reports to HTML and SVG, for the program and for the page in a browser.
