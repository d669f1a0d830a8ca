//! Cells as a picture: time and bytes, over operators and over validators, all axes logarithmic.

use std::collections::BTreeMap;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::cell::Measured;
use super::growth::{Over, lines};
use super::{Method, Record, Scheme};
use crate::cli::terms::Extraction;
use crate::failure::{Exit, Failure};

const WIDTH: u32 = 1360;
const LEAST_HEIGHT: u32 = 980;
const TITLE: u32 = 56;
const LEGEND: u32 = 250;
/// What the legend takes for a method, and beside all methods.
const LEGEND_HEIGHT: (u32, u32) = (156, 170);
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(222, 222, 222);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Points = Vec<(f64, f64)>;

/// What is drawn of a cell.
struct Quantity {
    name: &'static str,
    of: fn(&Measured) -> f64,
    dash: Dash,
}

#[derive(Clone, Copy)]
enum Dash {
    Solid,
    Dashed,
    Dotted,
}

/// Two of time, and two of bytes.
struct Panel {
    title: String,
    unit: fn(f64) -> String,
    quantities: &'static [Quantity],
    over: Over,
    lines: Vec<(Method, BTreeMap<u32, Measured>)>,
}

const TIMES: [Quantity; 3] = [
    Quantity { name: "deal", of: |measured| measured.deal.wall, dash: Dash::Solid },
    Quantity { name: "verify all n", of: |measured| measured.verify_all.wall, dash: Dash::Dashed },
    Quantity { name: "verify one", of: |measured| measured.verify_one.wall, dash: Dash::Dotted },
];
const SIZES: [Quantity; 2] = [
    Quantity { name: "a dealing", of: |measured| measured.dealing_bytes as f64, dash: Dash::Solid },
    Quantity { name: "all messages", of: |measured| measured.transcript_bytes as f64, dash: Dash::Dashed },
];

/// Draws what was measured.
pub fn svg(records: &[Record]) -> Result<String, Failure> {
    let mut text = String::new();
    draw(records, &mut text).map_err(|error| {
        Failure::new(Exit::Internal, "bench.plot", format!("the plot cannot be drawn: {error}"))
    })?;
    Ok(text)
}

fn draw(records: &[Record], text: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let methods =
        records.iter().filter(|record| record.measured().is_some()).map(|record| record.cell.method);
    let mut methods: Vec<Method> = methods.collect();
    methods.sort_unstable();
    methods.dedup();
    let legend_height = LEGEND_HEIGHT.1 + LEGEND_HEIGHT.0 * methods.len() as u32;
    let size = (WIDTH, LEAST_HEIGHT.max(TITLE + legend_height));
    let root = SVGBackend::with_string(text, size).into_drawing_area();
    root.fill(&WHITE)?;
    let (title, body) = root.split_vertically(TITLE);
    write_title(&title, records)?;
    let (charts, legend) = body.split_horizontally(WIDTH - LEGEND);
    let panels: Vec<Panel> = [(&TIMES[..], "wall time"), (&SIZES[..], "bytes")]
        .into_iter()
        .flat_map(|(quantities, name)| Over::ALL.map(|over| panel(records, over, quantities, name)))
        .collect();
    for (area, panel) in charts.split_evenly((2, 2)).iter().zip(&panels) {
        draw_panel(area, panel)?;
    }
    draw_legend(&legend, &methods)?;
    root.present()?;
    Ok(())
}

fn write_title(area: &Area<'_>, records: &[Record]) -> Result<(), Box<dyn std::error::Error>> {
    let origin = records.first().map(|record| &record.origin);
    let what = origin.map_or(String::new(), |origin| {
        let (commit, mark) = origin.commit.split_at_checked(12).unwrap_or((&origin.commit, ""));
        let mark = if mark.ends_with("-changed") { "-changed" } else { "" };
        format!("{}, threads: {}, commit {commit}{mark}", origin.processor, origin.threads)
    });
    area.draw(&Text::new("What dealings cost", (16, 10), font(22)))?;
    area.draw(&Text::new(what, (220, 15), font(15)))?;
    Ok(())
}

/// The cells along one direction, for the other number that most cells have; of several, the smallest.
fn panel(records: &[Record], over: Over, quantities: &'static [Quantity], name: &str) -> Panel {
    let mut by_other: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for ((other, method), line) in lines(records, over) {
        let line: BTreeMap<u32, Measured> =
            line.into_iter().filter_map(|(x, record)| Some((x, record.measured()?.clone()))).collect();
        by_other.entry(other).or_default().push((method, line));
    }
    let cells =
        |lines: &[(Method, BTreeMap<u32, Measured>)]| lines.iter().map(|(_, line)| line.len()).sum::<usize>();
    let most = by_other.into_iter().rev().max_by_key(|(_, lines)| cells(lines));
    let (other, lines) = most.unwrap_or_default();
    let title = format!("{name} over {}, {} = {other}", over.name(), over.other().name());
    let unit = if name == "bytes" { bytes } else { seconds };
    Panel { title, unit, quantities, over, lines }
}

fn draw_panel(area: &Area<'_>, panel: &Panel) -> Result<(), Box<dyn std::error::Error>> {
    let series: Vec<(Method, Dash, Points)> = panel
        .lines
        .iter()
        .flat_map(|(method, line)| {
            panel.quantities.iter().map(|quantity| {
                let points = line.iter().map(|(x, measured)| (f64::from(*x), (quantity.of)(measured)));
                (*method, quantity.dash, points.filter(|(_, y)| *y > 0.0).collect())
            })
        })
        .collect();
    let points = || series.iter().flat_map(|(_, _, points)| points);
    let (Some(xs), Some(ys)) = (range(points().map(|point| point.0)), range(points().map(|point| point.1)))
    else {
        area.draw(&Text::new(format!("{}: nothing was measured", panel.title), (60, 40), font(17)))?;
        return Ok(());
    };
    let mut values: Vec<f64> = points().map(|point| point.0).collect();
    values.sort_by(f64::total_cmp);
    // Numbers that are too close to be read side by side are left out.
    values.dedup_by(|next, kept| *next < *kept * (xs.1 / xs.0).powf(0.05));
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, font(18))
        .margin(14)
        .x_label_area_size(46)
        .y_label_area_size(76)
        .build_cartesian_2d(
            (xs.0..xs.1).log_scale().with_key_points(values),
            (ys.0..ys.1).log_scale().with_key_points(ticks(ys)),
        )?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(WHITE)
        .axis_style(INK)
        .x_desc(match panel.over {
            Over::Operators => "operators, n",
            Over::Validators => "validators, m",
        })
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| (panel.unit)(*y))
        .label_style(font(14))
        .axis_desc_style(font(15))
        .draw()?;
    for (method, dash, points) in &series {
        let style = colour(*method).stroke_width(2);
        let line = points.iter().copied();
        match dash {
            Dash::Solid => chart.draw_series(LineSeries::new(line, style))?,
            Dash::Dashed => chart.draw_series(DashedLineSeries::new(line, 10, 6, style))?,
            Dash::Dotted => chart.draw_series(DashedLineSeries::new(line, 2, 5, style))?,
        };
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour(*method).filled())))?;
    }
    Ok(())
}

/// One line for each method and quantity.
fn draw_legend(area: &Area<'_>, methods: &[Method]) -> Result<(), Box<dyn std::error::Error>> {
    let mut y = 40;
    for (title, quantities) in [("wall time", &TIMES[..]), ("bytes", &SIZES[..])] {
        area.draw(&Text::new(title, (8, y), font(17)))?;
        y += 28;
        for method in methods {
            let baseline = if method.scheme.is_baseline() { " (baseline)" } else { "" };
            area.draw(&Text::new(
                format!("{}{baseline}", method.name()),
                (8, y),
                font(15).color(&colour(*method)),
            ))?;
            y += 22;
            for quantity in quantities {
                let style = colour(*method).stroke_width(2);
                for (from, to) in strokes(quantity.dash) {
                    area.draw(&PathElement::new(vec![(8 + from, y), (8 + to, y)], style))?;
                }
                area.draw(&Circle::new((33, y), 3, colour(*method).filled()))?;
                let left = Pos::new(HPos::Left, VPos::Center);
                area.draw(&Text::new(quantity.name, (70, y), font(15).pos(left)))?;
                y += 20;
            }
            y += 6;
        }
        y += 18;
    }
    Ok(())
}

/// The parts of a line of 50 pixels that are drawn.
fn strokes(dash: Dash) -> Vec<(i32, i32)> {
    let (on, off) = match dash {
        Dash::Solid => return vec![(0, 50)],
        Dash::Dashed => (10, 6),
        Dash::Dotted => (2, 5),
    };
    (0..50).step_by(on + off).map(|start| (start, (start + on as i32).min(50))).collect()
}

fn font(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// Colours that can be told apart by those who see red and green alike (Okabe and Ito).
fn colour(method: Method) -> RGBColor {
    match (method.scheme, method.extraction) {
        (Scheme::Transparent, Extraction::Sum) => RGBColor(0, 114, 178),
        (Scheme::Transparent, Extraction::Batched) => RGBColor(86, 180, 233),
        (Scheme::Groth16, Extraction::Sum) => RGBColor(213, 94, 0),
        (Scheme::Groth16, Extraction::Batched) => RGBColor(230, 159, 0),
        (Scheme::Groth21, _) => RGBColor(0, 158, 115),
        (Scheme::Feldman, _) => RGBColor(120, 120, 120),
    }
}

/// From the least to the greatest, with some room.
fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let bounds = |bounds: Option<(f64, f64)>, value: f64| {
        Some(bounds.map_or((value, value), |(least, most)| (least.min(value), most.max(value))))
    };
    let (least, most) = values.fold(None, bounds)?;
    Some((least / 1.15, most * 1.15))
}

/// 1, 2 and 5 times the powers of ten; the powers alone where there are many.
fn ticks((least, most): (f64, f64)) -> Vec<f64> {
    let factors: &[f64] = if most / least < 2e4 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let powers = least.log10().floor() as i32..=most.log10().ceil() as i32;
    let all = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
    all.filter(|tick| (least..=most).contains(tick)).collect()
}

fn seconds(value: f64) -> String {
    match value {
        0.9995.. => format!("{} s", short(value)),
        0.9995e-3.. => format!("{} ms", short(value * 1e3)),
        _ => format!("{} us", short(value * 1e6)),
    }
}

fn bytes(value: f64) -> String {
    match value {
        999_500.0.. => format!("{} MB", short(value / 1e6)),
        999.5.. => format!("{} kB", short(value / 1e3)),
        _ => format!("{} B", short(value)),
    }
}

/// Without digits that say nothing.
fn short(value: f64) -> String {
    format!("{}", (value * 1000.0).round() / 1000.0)
}
