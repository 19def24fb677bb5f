// SPDX-License-Identifier: GPL-3.0-or-later
// A provider's file of any content is an invoice whose charges can be added up, or a list of mistakes with places.
#include "letterbytes.h"
#include "model/cost/invoice.h"

#include <algorithm>

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const Checked<Invoice> read = invoiceFromText(text, QStringLiteral("x.csv"));
    // What was passed over is told beside the value, as a warning.
    const bool isRefused = std::any_of(read.issues.begin(), read.issues.end(),
                                       [](const FileIssue& issue) { return issue.severity == IssueSeverity::Error; });
    fuzz::demand(read.value.has_value() != isRefused);
    for (const FileIssue& issue : read.issues)
        fuzz::demand(issue.place.line >= 1 && issue.place.column >= 1 && !issue.message.isEmpty());
    if (!read.value)
        return 0;
    fuzz::demand(read.value->currency.size() == 3 && !read.value->lines.empty());
    Money sum; // the sanitizer sees when it does not fit
    for (const InvoiceLine& line : read.value->lines) {
        sum += line.amount;
        fuzz::demand(line.first.isValid() && line.last.isValid() && line.first <= line.last);
        fuzz::demand(line.first.month() == line.last.month() && !line.label.isEmpty());
    }
    return 0;
}
