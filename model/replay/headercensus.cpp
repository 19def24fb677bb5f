// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/headercensus.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr qsizetype mostNames = 24;

} // namespace

QString headerNamesText(const HeaderCensus& census, bool isSent, std::int64_t of)
{
    QStringList names;
    for (const HeaderUse& use : census.names) {
        if (use.isSent != isSent)
            continue;
        QString name = use.name.isEmpty() ? u"(without a name)"_s : visibleText(exactText(use.name));
        if (use.messages != of)
            name += u" (%1)"_s.arg(formatCount(use.messages));
        names += name;
    }
    if (names.isEmpty())
        return u"none"_s;
    if (names.size() <= mostNames)
        return names.join(u", "_s);
    return u"%1 and %2 more"_s.arg(names.first(mostNames).join(u", "_s), formatCount(names.size() - mostNames));
}

} // namespace spillway
