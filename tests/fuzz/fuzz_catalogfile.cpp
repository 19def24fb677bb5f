// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as ownership.yaml and as event-catalog.yaml: read, or refused with mistakes that have a place in it.
#include "letterbytes.h"
#include "model/catalog/catalogfiles.h"
#include "model/workspace/yamltree.h"

using namespace spillway;

namespace {

void demandPlaces(const std::vector<FileIssue>& issues, const QByteArray& text)
{
    const auto lines = text.count('\n') + text.count('\r') + 1;
    for (const FileIssue& issue : issues)
        fuzz::demand(issue.place.line >= 0 && issue.place.line <= lines && !issue.message.isEmpty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const Checked<YamlDocument> document = readYamlText(text, QStringLiteral("x.yaml"));
    demandPlaces(document.issues, text);
    fuzz::demand(document.value.has_value() || !document.issues.empty());
    if (!document.value)
        return 0;
    demandPlaces(readOwnership(*document.value, QStringLiteral("x.yaml")).issues, text);
    demandPlaces(readCatalog(*document.value, QStringLiteral("x.yaml")).issues, text);
    return 0;
}
