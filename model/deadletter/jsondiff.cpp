// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsondiff.h"

#include "model/base/decimal.h"
#include "model/deadletter/jsoncheck.h"
#include "model/deadletter/jsontree.h"

#include <QHash>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype largest = 8 * 1024 * 1024;
constexpr qsizetype mostValues = 200'000;
constexpr int deepest = 200; // what follows calls itself once a level
constexpr int mostEdits = 500;

struct Value
{
    char type = 'w'; ///< { [ " number word
    qsizetype from = 0;
    qsizetype to = 0;
    quint64 hash = 0; ///< equal for equal values
    QString name;     ///< of a field
    std::vector<Value> children;
};

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

quint64 mixedWith(quint64 seed, quint64 more)
{
    return (seed ^ more) * 0x9E3779B97F4A7C15ULL + (more >> 29);
}

/// Reads a document that was checked. nullopt: too many values.
class Reader
{
public:
    explicit Reader(QByteArrayView json)
        : m_json(json)
    {
    }
    std::optional<Value> read()
    {
        Value value = next();
        return m_count > mostValues ? std::nullopt : std::optional(std::move(value));
    }

private:
    void skipSpace()
    {
        while (m_at < m_json.size() && isSpace(m_json[m_at]))
            ++m_at;
    }
    QByteArrayView text()
    {
        const qsizetype from = m_at++;
        while (m_json[m_at] != '"')
            m_at += m_json[m_at] == '\\' ? 2 : 1;
        ++m_at;
        return m_json.sliced(from, m_at - from);
    }
    Value next()
    {
        Value value;
        skipSpace();
        value.from = m_at;
        if (++m_count > mostValues)
            return value;
        const char c = m_json[m_at];
        if (c == '{' || c == '[') {
            value.type = c;
            value.hash = static_cast<quint64>(c);
            ++m_at;
            skipSpace();
            while (m_json[m_at] != '}' && m_json[m_at] != ']') {
                QString name;
                if (c == '{') {
                    name = unescapedJson(text());
                    skipSpace();
                    ++m_at;
                }
                Value child = next();
                if (m_count > mostValues)
                    return value;
                child.name = std::move(name);
                // Of an object's fields the order means nothing, so their hashes are added.
                if (c == '{')
                    value.hash += mixedWith(qHash(child.name), child.hash);
                else
                    value.hash = mixedWith(value.hash, child.hash);
                value.children.push_back(std::move(child));
                skipSpace();
                if (m_json[m_at] == ',') {
                    ++m_at;
                    skipSpace();
                }
            }
            ++m_at;
        } else if (c == '"') {
            value.type = '"';
            value.hash = mixedWith(u'"', qHash(unescapedJson(text())));
        } else {
            while (m_at < m_json.size() && !isSpace(m_json[m_at]) && QByteArrayView(",]}").indexOf(m_json[m_at]) < 0)
                ++m_at;
            const QByteArrayView word = m_json.sliced(value.from, m_at - value.from);
            if (c == '-' || (c >= '0' && c <= '9')) {
                value.type = '0';
                double number = 0; // equal decimals are equal doubles; what no double holds shares one hash
                const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
                if (read.ec != std::errc())
                    number = 1;
                value.hash = mixedWith(u'0', number == 0 ? 0 : std::hash<double>()(number));
            } else {
                value.hash = qHash(word);
            }
        }
        value.to = m_at;
        return value;
    }

    QByteArrayView m_json;
    qsizetype m_at = 0;
    qsizetype m_count = 0;
};

bool isEqualNumber(QByteArrayView a, QByteArrayView b)
{
    if (a == b)
        return true;
    const auto first = Decimal::parse(a);
    const auto second = Decimal::parse(b);
    return first && second && *first == *second;
}

class Comparer
{
public:
    Comparer(QByteArrayView before, QByteArrayView after, const std::stop_token& stop)
        : m_before(before)
        , m_after(after)
        , m_stop(stop)
    {
    }

    PayloadDiff compare(const Value& before, const Value& after)
    {
        m_diff.method = PayloadDiff::Method::Json;
        compareValues(before, after, {});
        if (m_reordered > 0)
            m_diff.notes << (m_reordered == 1
                                 ? u"the names of one object stand in another order, which means nothing"_s
                                 : u"the names of %1 objects stand in another order, which means nothing"_s.arg(
                                       m_reordered));
        if (m_hasRepeated)
            m_diff.notes << u"a name stands more than once in an object; the first is compared with the first"_s;
        if (m_isPairedByPlace)
            m_diff.notes << u"an array differs so much that its elements are compared place by place"_s;
        if (m_stop.stop_requested()) {
            m_diff.isWhole = false;
            m_diff.notes << u"stopped before the end"_s;
        }
        return std::move(m_diff);
    }

private:
    [[nodiscard]] QByteArrayView first(const Value& value) const
    {
        return m_before.sliced(value.from, value.to - value.from);
    }
    [[nodiscard]] QByteArrayView second(const Value& value) const
    {
        return m_after.sliced(value.from, value.to - value.from);
    }

    void note(PayloadChange::Kind kind, const QString& path, const Value* before, const Value* after)
    {
        if (m_diff.changes.size() >= PayloadDiff::mostChanges) {
            ++m_diff.moreChanges;
            return;
        }
        const auto cut = [](QByteArrayView bytes) {
            return bytes.first(std::min(bytes.size(), PayloadChange::longestShown)).toByteArray();
        };
        PayloadChange change{.kind = kind, .path = path};
        if (before)
            change.before = cut(first(*before));
        if (after)
            change.after = cut(second(*after));
        m_diff.changes.push_back(std::move(change));
    }

    bool areEqual(const Value& a, const Value& b) const
    {
        if (a.type != b.type || a.hash != b.hash || a.children.size() != b.children.size())
            return false;
        switch (a.type) {
        case '0':
            return isEqualNumber(first(a), second(b));
        case '"':
            return first(a) == second(b) || unescapedJson(first(a)) == unescapedJson(second(b));
        case '[':
            return std::equal(a.children.begin(), a.children.end(), b.children.begin(),
                              [this](const Value& x, const Value& y) { return areEqual(x, y); });
        case '{': {
            const auto pairs = byName(b);
            QHash<QString, int> seen;
            return std::all_of(a.children.begin(), a.children.end(), [&](const Value& field) {
                const auto found = pairs.find(field.name);
                const int nth = seen[field.name]++;
                return found != pairs.end() && nth < found->size() &&
                       areEqual(field, b.children[static_cast<std::size_t>((*found)[nth])]);
            });
        }
        default:
            return first(a) == second(b);
        }
    }

    static QHash<QString, QList<int>> byName(const Value& object)
    {
        QHash<QString, QList<int>> places;
        for (int i = 0; i < static_cast<int>(object.children.size()); ++i)
            places[object.children[static_cast<std::size_t>(i)].name] << i;
        return places;
    }

    void compareValues(const Value& a, const Value& b, const QString& path)
    {
        if (m_stop.stop_requested() || first(a) == second(b))
            return;
        if (a.type != b.type)
            note(PayloadChange::Kind::Changed, path, &a, &b);
        else if (a.type == '{')
            compareObjects(a, b, path);
        else if (a.type == '[')
            compareArrays(a, b, path);
        else
            note(areEqual(a, b) ? PayloadChange::Kind::Respelled : PayloadChange::Kind::Changed, path, &a, &b);
    }

    void compareObjects(const Value& a, const Value& b, const QString& path)
    {
        const auto inA = byName(a);
        const auto inB = byName(b);
        const auto stepTo = [&](const QString& name) {
            QString step = name;
            return path + u'/' + step.replace(u"~"_s, u"~0"_s).replace(u"/"_s, u"~1"_s);
        };
        QHash<QString, int> seen;
        int last = -1;
        bool isReordered = false;
        for (const Value& field : a.children) {
            const int nth = seen[field.name]++;
            m_hasRepeated |= nth > 0;
            const QList<int> places = inB.value(field.name);
            if (nth >= places.size()) {
                note(PayloadChange::Kind::Removed, stepTo(field.name), &field, nullptr);
                continue;
            }
            isReordered |= places[nth] < last;
            last = std::max(last, places[nth]);
            compareValues(field, b.children[static_cast<std::size_t>(places[nth])], stepTo(field.name));
        }
        m_reordered += isReordered ? 1 : 0;
        seen.clear();
        for (const Value& field : b.children) {
            const int nth = seen[field.name]++;
            m_hasRepeated |= nth > 0;
            if (nth >= inA.value(field.name).size())
                note(PayloadChange::Kind::Added, stepTo(field.name), nullptr, &field);
        }
    }

    void compareArrays(const Value& a, const Value& b, const QString& path)
    {
        const auto sizeA = static_cast<int>(a.children.size());
        const auto sizeB = static_cast<int>(b.children.size());
        const auto at = [](const Value& value, int place) -> const Value& {
            return value.children[static_cast<std::size_t>(place)];
        };
        const auto step = [&path](int place) { return u"%1/%2"_s.arg(path).arg(place); };
        int head = 0;
        while (head < sizeA && head < sizeB && areEqual(at(a, head), at(b, head))) {
            compareValues(at(a, head), at(b, head), step(head)); // for its spelling
            ++head;
        }
        int tail = 0;
        while (tail < sizeA - head && tail < sizeB - head && areEqual(at(a, sizeA - 1 - tail), at(b, sizeB - 1 - tail)))
            ++tail;
        const int restA = sizeA - head - tail;
        const int restB = sizeB - head - tail;
        auto edits = listEdits(
            restA, restB, [&](int i, int j) { return areEqual(at(a, head + i), at(b, head + j)); }, mostEdits);
        if (!edits) {
            m_isPairedByPlace = true;
            edits.emplace();
            for (int i = 0; i < std::max(restA, restB); ++i) {
                if (i < restA)
                    edits->push_back({ListEdit::Kind::Remove, i, 0});
            }
            for (int j = 0; j < restB; ++j)
                edits->push_back({ListEdit::Kind::Add, 0, j});
        }
        // In a run of edits the nth that went is compared with the nth that came.
        for (std::size_t i = 0; i < edits->size();) {
            if ((*edits)[i].kind == ListEdit::Kind::Keep) {
                const ListEdit& keep = (*edits)[i++];
                compareValues(at(a, head + keep.before), at(b, head + keep.after), step(head + keep.before));
                continue;
            }
            std::vector<int> gone;
            std::vector<int> come;
            for (; i < edits->size() && (*edits)[i].kind != ListEdit::Kind::Keep; ++i) {
                const ListEdit& edit = (*edits)[i];
                if (edit.kind == ListEdit::Kind::Remove)
                    gone.push_back(head + edit.before);
                else
                    come.push_back(head + edit.after);
            }
            for (std::size_t k = 0; k < std::max(gone.size(), come.size()); ++k) {
                if (k < gone.size() && k < come.size())
                    compareValues(at(a, gone[k]), at(b, come[k]), step(gone[k]));
                else if (k < gone.size())
                    note(PayloadChange::Kind::Removed, step(gone[k]), &at(a, gone[k]), nullptr);
                else
                    note(PayloadChange::Kind::Added, step(come[k]), nullptr, &at(b, come[k]));
            }
        }
        for (int i = 0; i < tail; ++i)
            compareValues(at(a, sizeA - tail + i), at(b, sizeB - tail + i), step(sizeA - tail + i));
    }

    QByteArrayView m_before;
    QByteArrayView m_after;
    std::stop_token m_stop;
    PayloadDiff m_diff;
    int m_reordered = 0;
    bool m_hasRepeated = false;
    bool m_isPairedByPlace = false;
};

bool isWorthIt(QByteArrayView json)
{
    if (json.size() > largest)
        return false;
    JsonCheck check(json);
    while (!check.isDone())
        check.advanceTo(json.size());
    return !check.fault() && check.deepestLevel() <= deepest;
}

} // namespace

std::optional<PayloadDiff> diffJson(const QByteArray& before, const QByteArray& after, const std::stop_token& stop)
{
    if (!isWorthIt(before) || !isWorthIt(after))
        return std::nullopt;
    const auto first = Reader(before).read();
    const auto second = Reader(after).read();
    if (!first || !second)
        return std::nullopt;
    return Comparer(before, after, stop).compare(*first, *second);
}

} // namespace spillway
