// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costjson.h"

namespace spillway {

void writeAmount(JsonWriter& json, QStringView name, Money amount)
{
    json.key(name).raw(formatMoney(amount, exactDecimals).toLatin1());
}

std::optional<QString> textOrNull(const QString& text)
{
    return text.isEmpty() ? std::nullopt : std::optional(text);
}

std::optional<QString> dayOrNull(const std::optional<QDate>& day)
{
    return day && day->isValid() ? std::optional(day->toString(Qt::ISODate)) : std::nullopt;
}

} // namespace spillway
