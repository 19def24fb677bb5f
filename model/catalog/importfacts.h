// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogimport.h"

#include <QHash>

#include <cmath>
#include <deque>
#include <functional>
#include <limits>

/// What the readers of foreign catalogs share; only they include this.
namespace spillway {

/// Of one foreign file. Larger than our own may be: a whole company's catalog comes in one, with its schemas, of which
/// only the outline is looked at.
inline constexpr qint64 largestImport = 128LL << 20;

[[nodiscard]] const YamlNode* child(const YamlNode* map, QStringView key); ///< nullptr: not there, or no map
/// A scalar's text; empty where there is none.
[[nodiscard]] QString textOf(const YamlNode* map, QStringView key);
[[nodiscard]] inline QString textOf(const YamlNode& map, QStringView key)
{
    return textOf(&map, key);
}
/// Every entry of a map; nothing for nullptr and anything else.
void forEach(const YamlNode* map, const std::function<void(const QString& key, const YamlNode& value)>& use);
/// Only where nothing is told yet.
void fill(QString& into, const QString& from);

/// Collects events by type, in the order in which they are first met.
class ImportFacts
{
public:
    /// The reference holds until the end.
    [[nodiscard]] CatalogEvent& event(const QString& type);
    void produces(CatalogEvent& event, const QString& service, const QString& team);
    void consumes(CatalogEvent& event, ConsumerEntry consumer);
    void note(const QString& what);

    /// A number where there is one that fits and none is told yet; anything else there is noted.
    template<typename T>
    void fillNumber(std::optional<T>& into, const YamlNode* map, QStringView key)
    {
        const QString text = textOf(map, key);
        if (text.isEmpty() || into)
            return;
        bool isNumber = false;
        const double number = text.toDouble(&isNumber);
        const bool fits = isNumber && std::abs(number) < static_cast<double>(std::numeric_limits<T>::max()) &&
                          std::abs(number) < 9e15 &&
                          (!std::numeric_limits<T>::is_integer || number == std::floor(number));
        if (!fits)
            note(notANumber(key, text));
        else
            into = static_cast<T>(number);
    }

    [[nodiscard]] ImportedCatalog take();

private:
    [[nodiscard]] static QString notANumber(QStringView key, const QString& text);

    std::deque<CatalogEvent> m_events; // references into it hold
    QHash<QString, std::size_t> m_index;
    QStringList m_notes;
};

} // namespace spillway
