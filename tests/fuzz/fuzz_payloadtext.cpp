// SPDX-License-Identifier: GPL-3.0-or-later
// Pretty JSON is the payload but for white space between tokens; a hex dump has a line for each 16 bytes.
#include "letterbytes.h"
#include "model/deadletter/payloadtext.h"

using namespace spillway;

namespace {

/// Everything but white space outside of strings.
QByteArray tokens(QByteArrayView json)
{
    QByteArray kept;
    bool isInText = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (isInText && c == '\\' && i + 1 < json.size()) {
            kept.append(c).append(json[++i]);
            continue;
        }
        if (c == '"')
            isInText = !isInText;
        if (isInText || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            kept.append(c);
    }
    return kept;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArrayView bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    if (const auto pretty = prettyJson(bytes); pretty && pretty->isWhole)
        fuzz::demand(tokens(pretty->text) == tokens(bytes));
    (void)prettyJson(bytes, 16);
    for (qsizetype line = 0; line < hexLineCount(bytes.size()); ++line)
        fuzz::demand(!hexLine(bytes, line).isEmpty());
    return 0;
}
