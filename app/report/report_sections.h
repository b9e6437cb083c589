#pragma once
// The parts of the report, in the order in which they stand.

#include "app/report/page_flow.h"
#include "app/report/report_pdf.h"

namespace spondyl::app {

void addReportHeader(PageFlow& flow, const Report& report);
/// What the reader says, or that nobody said anything; then what must be known before reading on.
void addImpression(PageFlow& flow, const Report& report);
void addFindings(PageFlow& flow, const Report& report);
/// How the levels were named, the table, its ranges and the reasons of what is missing.
void addLevels(PageFlow& flow, const Report& report);
void addAlignment(PageFlow& flow, const Report& report);
/// Two across.
void addPictures(PageFlow& flow, const std::vector<ReportImage>& pictures);
void addProvenance(PageFlow& flow, const Report& report);

} // namespace spondyl::app
