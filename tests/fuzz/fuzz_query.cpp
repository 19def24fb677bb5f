// SPDX-License-Identifier: GPL-3.0-or-later
// The first line is a query, the rest a letter: a fault names a column of the query, and matching never fails hard.
#include "letterbytes.h"
#include "model/deadletter/query.h"
#include "model/deadletter/querymatch.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const qsizetype end = bytes.indexOf('\n');
    const QString text = QString::fromUtf8(end < 0 ? bytes : bytes.first(end));
    const auto query = readQuery(text);
    if (!query) {
        fuzz::demand(query.error().column >= 1 && query.error().column <= text.size() + 1);
        fuzz::demand(!query.error().message.isEmpty());
        return 0;
    }
    DeadLetter letter;
    const auto rest = end < 0 ? bytes.size() : end + 1;
    letter.record = fuzz::recordOf(data + rest, size - static_cast<std::size_t>(rest));
    letter.facts.errorMessage = QString::fromUtf8(letter.record.value.value_or(QByteArray()));
    letter.facts.originTopic = QStringLiteral("orders");
    const UtcTime now = utcFromMs(1'763'703'926'204);
    const Result<bool> first = matches(*query, letter, now);
    const Result<bool> second = matches(*query, letter, now);
    fuzz::demand(first.has_value() == second.has_value() && (!first || *first == *second));
    return 0;
}
