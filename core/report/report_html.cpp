#include "core/report/report.h"
#include "core/report/report_table.h"
#include "core/report/text_format.h"

namespace spondyl {
namespace {

constexpr const char* style =
    R"(body{font:14px/1.45 Inter,"Noto Sans",sans-serif;color:#111;background:#fff;max-width:50em;margin:2em auto;padding:0 1em}
h1{font-size:20px;font-weight:600;margin:0 0 .2em}h2{font-size:15px;font-weight:600;margin:1.6em 0 .4em;border-bottom:1px solid #bbb}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th{font-weight:600;text-align:right;border-bottom:1px solid #111}
td{text-align:right;border-bottom:1px solid #ddd;padding:.15em .4em}td:first-child,th:first-child,.t{text-align:left}
.q{color:#555}.n{font-style:italic}figure{display:inline-block;width:47%;margin:1%;vertical-align:top}img{width:100%}
footer{margin-top:2em;border-top:1px solid #bbb;color:#555;font-size:12px}@media print{body{margin:0}})";

std::string base64(const std::string& bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t n = 0; n < bytes.size(); n += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (n + k < bytes.size() ? static_cast<unsigned char>(bytes[n + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += n + k > bytes.size() ? '=' : digits[word >> (18 - 6 * k) & 63];
  }
  return out;
}

std::string line(const char* name, const std::string& value) {
  if (value.empty())
    return {};
  return "<tr><td class=\"t q\">" + std::string(name) + "</td><td class=\"t\">" + escapeHtml(value) +
         "</td></tr>\n";
}

std::string person(const Patient& p) {
  std::string text = displayName(p);
  if (!p.birthDate.empty())
    text += ", born " + p.birthDate;
  if (!p.sex.empty())
    text += ", " + p.sex;
  if (!p.id.empty())
    text += ", " + p.id;
  return text;
}

std::string tableOf(const Report& r) {
  const ReportTable t = levelTable(r);
  if (t.rows.empty())
    return {};
  std::string out = "<h2>Levels</h2>\n<table><thead><tr><th>Level</th><th class=\"t\">Findings</th>";
  for (const ReportColumn& c : t.columns)
    out += "<th>" + escapeHtml(c.title) +
           (c.unit.empty() ? "" : " <span class=\"q\">" + escapeHtml(c.unit) + "</span>") + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const ReportTableRow& row : t.rows) {
    out += "<tr><td>" + escapeHtml(row.level) +
           (row.reviewed ? "" : " <span class=\"n\">not reviewed</span>") + "</td><td class=\"t\">" +
           escapeHtml(row.findings) + "</td>";
    for (const ReportCell& c : row.cells)
      out += "<td" + (c.why.empty() ? std::string() : " title=\"" + escapeHtml(c.why) + "\"") +
             (c.reviewed ? "" : " class=\"n\"") + ">" + (c.outOfRange ? "▲ " : "") + escapeHtml(c.text) +
             "</td>";
    out += "</tr>\n";
  }
  out += "</tbody></table>\n";
  for (const std::string& note : t.footnotes)
    out += "<div class=\"q\">" + escapeHtml(note) + "</div>\n";
  return out;
}

std::string alignment(const Report& r) {
  const std::vector<AlignmentLine> lines = alignmentLines(r);
  if (lines.empty())
    return {};
  std::string out = "<h2>Alignment</h2>\n<table><tbody>\n";
  for (const AlignmentLine& l : lines)
    out += "<tr><td>" + escapeHtml(l.name) + "</td><td>" + (l.outOfRange ? "▲ " : "") + escapeHtml(l.value) +
           "</td><td class=\"t q\">" + escapeHtml(l.note) +
           (l.reviewed ? "" : " <span class=\"n\">not reviewed</span>") + "</td></tr>\n";
  return out + "</tbody></table>\n";
}

std::string keyImages(const Report& r, const std::vector<ReportPicture>& pictures) {
  std::string out;
  for (const KeyImage& k : r.keyImages)
    for (const ReportPicture& p : pictures)
      if (p.keyImageId == k.id)
        out += "<figure><img alt=\"" + escapeHtml(k.caption) + "\" src=\"data:image/png;base64," +
               base64(p.png) + "\"><figcaption>" + escapeHtml(k.caption) + "</figcaption></figure>\n";
  return out.empty() ? out : "<h2>Key images</h2>\n" + out;
}

std::string provenance(const Report& r) {
  if (r.provenance.empty())
    return {};
  std::string out = "<h2>Made by</h2>\n<table><tbody>\n";
  for (const ReportSource& s : r.provenance)
    out += "<tr><td>" + escapeHtml(s.name) + "</td><td class=\"t\">" + escapeHtml(s.origin) +
           "</td><td class=\"t\">" + escapeHtml(s.version) + "</td><td class=\"t q\">" +
           escapeHtml(s.sha256.empty() ? std::string() : "sha256 " + s.sha256.substr(0, 16) + "…") +
           "</td><td>" + std::to_string(s.items) + " items</td></tr>\n";
  return out + "</tbody></table>\n";
}

} // namespace

std::string reportHtml(const Report& r, const std::vector<ReportPicture>& pictures) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src "
                    "data:; style-src 'unsafe-inline'\">\n<title>Spine report</title>\n<style>";
  out += style;
  out += "</style></head><body>\n<h1>Spine report</h1>\n<table><tbody>\n";
  out += line("Patient", person(r.patient)) +
         line("Study", r.studyDate + (r.studyDescription.empty() ? "" : " " + r.studyDescription)) +
         line("Technique", r.technique) + line("Referrer", r.referrer) + line("Reader", r.reader) +
         line("Review", reviewLine(r)) + line("Written", shownTime(r.created));
  out += "</tbody></table>\n";
  if (!r.impression.empty())
    out += "<h2>Impression</h2>\n<p style=\"white-space:pre-wrap\">" + escapeHtml(r.impression) + "</p>\n";
  for (const std::string& n : r.notices)
    out += "<p class=\"n\">" + escapeHtml(n) + "</p>\n";
  if (!r.nothingReviewed)
    out += tableOf(r) + alignment(r) + keyImages(r, pictures) + provenance(r);
  return out + "<footer>" + escapeHtml(versionLine(r)) + " · <strong>" + notForDiagnosticUse +
         "</strong></footer>\n</body></html>\n";
}

} // namespace spondyl
