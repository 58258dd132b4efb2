// A table in each format.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

#include "results/figures.h"
#include "results/json.h"
#include "results/table_layout.h"

namespace lidit {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string without_controls(std::string_view text) {
  std::string clean(text);
  std::ranges::replace_if(clean, is_control, ' ');
  return clean;
}

/// Columns that `text` takes on a terminal.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t letter = 0;
    const utf8proc_ssize_t length = std::max<utf8proc_ssize_t>(
        1, utf8proc_iterate(bytes, left, &letter));  // a broken byte counts as one letter
    width += letter < 0 ? 1 : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(letter)));
    bytes += length;
    left -= length;
  }
  return width;
}

std::string padded(std::string text, std::size_t width, bool right) {
  const std::size_t own = width_of(text);
  const std::string space(width > own ? width - own : 0, ' ');
  return right ? space + text : text + space;
}

/// Every character of `from` in `text` is replaced by the text in `to` at its place.
std::string escape(std::string_view text, std::string_view from,
                   std::span<const std::string_view> to) {
  std::string escaped;
  for (const char c : without_controls(text)) {
    const std::size_t which = from.find(c);
    if (which == from.npos)
      escaped += c;
    else
      escaped += to[which];
  }
  return escaped;
}

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : without_controls(text)) {
    if (std::string_view("\\`*_|<>[]").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string escape_latex(std::string_view text) {
  constexpr std::string_view kTo[] = {"\\textbackslash{}",
                                      "\\{",
                                      "\\}",
                                      "\\$",
                                      "\\&",
                                      "\\#",
                                      "\\_",
                                      "\\%",
                                      "\\textasciitilde{}",
                                      "\\textasciicircum{}",
                                      "\\textless{}",
                                      "\\textgreater{}",
                                      "\\textbar{}"};
  std::string escaped = escape(text, "\\{}$&#_%~^<>|", kTo);
  const std::string_view sign = "\xC2\xB1";
  for (std::size_t at = escaped.find(sign); at != escaped.npos; at = escaped.find(sign, at))
    escaped.replace(at, sign.size(), "$\\pm$");
  return escaped;
}

std::string html(std::string_view text) { return escape_markup(without_controls(text)); }

std::string escape_csv(std::string_view text) {
  if (text.find_first_of("\",\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

bool rule_above(const Table& table, std::size_t row) {
  return std::ranges::find(table.rules, row) != table.rules.end();
}

/// "text", with the footnote's number where there is one.
std::string with_footnote(const LayoutCell& cell) {
  if (cell.footnote.empty()) return cell.text;
  return fmt::format("{} [{}]", cell.text, cell.footnote);
}

/// Calls each(cell, column) for the cells of `row`.
template <class Each>
void for_row(const Table& table, const TableLayout& layout, std::size_t row, const Each& each) {
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    each(layout.cells[row * table.columns.size() + column], column);
}

}  // namespace

std::string print_terminal(const Table& table) {
  const TableLayout layout = lay_out(table);
  std::vector<std::size_t> widths;
  for (const std::string& title : layout.header) widths.push_back(width_of(title));
  std::vector<bool> starred(widths.size());
  for (std::size_t i = 0; i < layout.cells.size(); ++i)
    if (layout.cells[i].bold) starred[i % widths.size()] = true;
  const auto text_of = [&](const LayoutCell& cell, std::size_t column) {
    const std::string text = without_controls(with_footnote(cell));
    return starred[column] ? text + (cell.bold ? "*" : " ")
                           : text;  // keeps numbers below each other
  };
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    for_row(table, layout, row, [&](const LayoutCell& cell, std::size_t column) {
      widths[column] = std::max(widths[column], width_of(text_of(cell, column)));
    });
  std::string rule, text;
  for (const std::size_t width : widths)
    rule += (rule.empty() ? "" : "  ") + std::string(width, '-');
  const auto add_line = [&](std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  if (!table.title.empty()) add_line(without_controls(table.title));
  std::string line;
  for (std::size_t column = 0; column < layout.header.size(); ++column)
    line += (column ? "  " : "") +
            padded(without_controls(layout.header[column]), widths[column], layout.numeric[column]);
  add_line(line);
  add_line(rule);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (row > 0 && rule_above(table, row)) add_line(rule);
    line.clear();
    for_row(table, layout, row, [&](const LayoutCell& cell, std::size_t column) {
      line += (column ? "  " : "") +
              padded(text_of(cell, column), widths[column], layout.numeric[column]);
    });
    add_line(line);
  }
  if (!table.caption.empty()) add_line(without_controls(table.caption));
  for (const std::string& note : layout.notes) add_line(without_controls(note));
  return text;
}

std::string print_markdown(const Table& table) {
  const TableLayout layout = lay_out(table);
  std::string text, header = "|", rule = "|";
  if (!table.title.empty()) text += fmt::format("**{}**\n\n", escape_markdown(table.title));
  for (std::size_t column = 0; column < layout.header.size(); ++column) {
    header += fmt::format(" {} |", escape_markdown(layout.header[column]));
    rule += layout.numeric[column] ? "---:|" : "---|";
  }
  text += header + '\n' + rule + '\n';
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    text += '|';
    for_row(table, layout, row, [&](const LayoutCell& cell, std::size_t) {
      const std::string shown = escape_markdown(with_footnote(cell));
      text += cell.bold ? fmt::format(" **{}** |", shown) : fmt::format(" {} |", shown);
    });
    text += '\n';
  }
  if (!table.caption.empty()) text += fmt::format("\n{}\n", escape_markdown(table.caption));
  for (const std::string& note : layout.notes) text += fmt::format("\n{}\n", escape_markdown(note));
  return text;
}

std::string print_latex(const Table& table) {
  const TableLayout layout = lay_out(table);
  std::string text = "\\begin{table}\n\\centering\n", alignment, header;
  if (!table.title.empty() || !table.caption.empty())
    text += fmt::format("\\caption{{{}{}{}}}\n", escape_latex(table.title),
                        table.title.empty() || table.caption.empty() ? "" : ". ",
                        escape_latex(table.caption));
  for (std::size_t column = 0; column < layout.header.size(); ++column) {
    alignment += layout.numeric[column] ? 'r' : 'l';
    header += (column ? " & " : "") + escape_latex(layout.header[column]);
  }
  text +=
      fmt::format("\\begin{{tabular}}{{{}}}\n\\toprule\n{} \\\\\n\\midrule\n", alignment, header);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (row > 0 && rule_above(table, row)) text += "\\midrule\n";
    for_row(table, layout, row, [&](const LayoutCell& cell, std::size_t column) {
      std::string shown = escape_latex(cell.text);
      if (cell.bold) shown = fmt::format("\\textbf{{{}}}", shown);
      if (!cell.footnote.empty()) shown += fmt::format("\\textsuperscript{{{}}}", cell.footnote);
      text += (column ? " & " : "") + shown;
    });
    text += " \\\\\n";
  }
  text += "\\bottomrule\n\\end{tabular}\n";
  for (const std::string& note : layout.notes)
    text += fmt::format("\\par\\footnotesize {}\n", escape_latex(note));
  return text + "\\end{table}\n";
}

std::string print_csv(const Table& table) {
  lay_out(table);  // for its checks
  const auto has = [&](std::size_t column, auto member) {
    return std::ranges::any_of(table.rows, [&](const auto& row) { return member(row[column]); });
  };
  std::vector<bool> intervals, reasons;
  std::string text;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    intervals.push_back(has(column, [](const Cell& c) { return c.interval.has_value(); }));
    reasons.push_back(has(column, [](const Cell& c) { return !c.missing.empty(); }));
    const Column& about = table.columns[column];
    const std::string unit = about.unit.empty() ? "" : fmt::format(" ({})", about.unit);
    text += (column ? "," : "") + escape_csv(about.title + unit);
    if (intervals[column])
      text += fmt::format(",{},{}", escape_csv(about.title + " low" + unit),
                          escape_csv(about.title + " high" + unit));
    if (reasons[column]) text += "," + escape_csv(about.title + " missing");
  }
  text += '\n';
  for (const auto& row : table.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const Cell& cell = row[column];
      text += (column ? "," : "") + (cell.value ? shortest(*cell.value) : escape_csv(cell.text));
      if (intervals[column])
        text += cell.interval ? fmt::format(",{},{}", shortest(cell.interval->low),
                                            shortest(cell.interval->high))
                              : ",,";
      if (reasons[column]) text += "," + escape_csv(cell.missing);
    }
    text += '\n';
  }
  return text;
}

std::string print_html(const Table& table) {
  const TableLayout layout = lay_out(table);
  std::string text = "<table>\n";
  if (!table.title.empty() || !table.caption.empty())
    text += fmt::format("<caption><strong>{}</strong> {}</caption>\n", html(table.title),
                        html(table.caption));
  text += "<thead><tr>";
  for (std::size_t column = 0; column < layout.header.size(); ++column)
    text += fmt::format("<th{}>{}</th>", layout.numeric[column] ? " class=\"number\"" : "",
                        html(layout.header[column]));
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    text += row > 0 && rule_above(table, row) ? "<tr class=\"rule\">" : "<tr>";
    for_row(table, layout, row, [&](const LayoutCell& cell, std::size_t column) {
      std::string shown = html(cell.text);
      if (cell.bold) shown = fmt::format("<b>{}</b>", shown);
      if (!cell.footnote.empty()) shown += fmt::format("<sup>{}</sup>", cell.footnote);
      text +=
          fmt::format("<td{}>{}</td>", layout.numeric[column] ? " class=\"number\"" : "", shown);
    });
    text += "</tr>\n";
  }
  text += "</tbody>\n</table>\n";
  for (const std::string& note : layout.notes)
    text += fmt::format("<p class=\"note\">{}</p>\n", html(note));
  return text;
}

}  // namespace lidit
