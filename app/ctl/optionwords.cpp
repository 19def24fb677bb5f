// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/optionwords.h"

#include "model/base/text.h"

namespace spillway::ctl {

QString text(const std::string& word)
{
    return QString::fromStdString(word);
}

QStringList texts(const std::vector<std::string>& words)
{
    QStringList list;
    for (const std::string& word : words)
        list += text(word);
    return list;
}

std::string validDuration(const std::string& word)
{
    const auto duration = parseDuration(text(word));
    if (!duration)
        return duration.error().detail.toStdString();
    return duration->count() > 0 ? std::string() : "a duration must be longer than zero";
}

std::optional<Millis> durationOf(const std::string& word)
{
    if (word.empty())
        return std::nullopt;
    return parseDuration(text(word)).value_or(Millis{0});
}

std::string validSize(const std::string& word)
{
    const auto size = parseSizeBytes(text(word));
    if (!size)
        return size.error().detail.toStdString();
    return *size > 0 ? std::string() : "a size must be above zero";
}

} // namespace spillway::ctl
