// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemaplaces.h"

#include <algorithm>

/// Fields that were given another name: told once, with the way to do it without breaking anybody.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double likelyEnough = 0.6;
constexpr double clearerBy = 0.1; // than the next candidate, else nobody knows which

double editSimilarity(QStringView a, QStringView b)
{
    std::vector<qsizetype> row(static_cast<std::size_t>(b.size()) + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = static_cast<qsizetype>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        qsizetype diagonal = row[0];
        row[0] = i;
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto at = static_cast<std::size_t>(j);
            const qsizetype above = row[at];
            row[at] = std::min({row[at] + 1, row[at - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return 1.0 - static_cast<double>(row.back()) / static_cast<double>(std::max<qsizetype>({a.size(), b.size(), 1}));
}

/// `customerId`, `customer_id` and `customer-id` have the same words.
QStringList wordsOf(const QString& name)
{
    QString spaced;
    for (const QChar c : name) {
        if (c.isUpper())
            spaced += u' ';
        spaced += c.isLetterOrNumber() ? c.toLower() : u' ';
    }
    return spaced.split(u' ', Qt::SkipEmptyParts);
}

double nameSimilarity(const QString& a, const QString& b)
{
    const QStringList mine = wordsOf(a);
    const QStringList theirs = wordsOf(b);
    if (mine == theirs)
        return 1;
    const auto shared =
        std::count_if(mine.begin(), mine.end(), [&](const QString& word) { return theirs.contains(word); });
    const double words =
        static_cast<double>(shared) / static_cast<double>(std::max<qsizetype>({mine.size(), theirs.size(), 1}));
    return std::max(words, editSimilarity(a, b));
}

/// Place among the names of its object, from 0.
int placeOf(const CompiledVersion& version, SchemaSpot value)
{
    const JsonTape& tape = version.tape(value.document);
    for (std::uint32_t object = value.node; object-- > 0;) {
        if (tape[object].kind != JsonKind::Object || tape[object].end <= value.node)
            continue;
        int place = 0;
        for (std::uint32_t i = object + 1; i < tape[object].end; i = tape[i + 1].end, ++place) {
            if (i + 1 == value.node)
                return place;
        }
        return -1;
    }
    return -1;
}

QString description(const CompiledVersion& version, SchemaSpot schema)
{
    const auto found = version.tape(schema.document).member(schema.node, "description");
    return found ? version.textOf({schema.document, *found}) : QString();
}

} // namespace

void SchemaComparison::findRenames(Places& at)
{
    std::vector<SchemaFinding*> gone;
    std::vector<SchemaFinding*> come;
    for (SchemaFinding& finding : at.out.findings) {
        if (finding.steps.size() != 1)
            continue;
        if (finding.kind == u"propertyRemoved")
            gone.push_back(&finding);
        else if (finding.kind == u"propertyAdded")
            come.push_back(&finding);
    }
    if (gone.empty() || come.empty() || gone.size() * come.size() > 400)
        return;
    const auto required = requiredNames(at.a);
    const auto requiredNow = requiredNames(at.b);
    const auto has = [](const std::vector<std::string>& names, const std::string& name) {
        return std::binary_search(names.begin(), names.end(), name);
    };
    struct Candidate
    {
        double likeness = 0;
        SchemaFinding* gone = nullptr;
        SchemaFinding* come = nullptr;
    };
    std::vector<Candidate> candidates;
    for (SchemaFinding* one : gone) {
        for (SchemaFinding* other : come) {
            const std::string& name = one->steps.front().name;
            const std::string& newName = other->steps.front().name;
            const PairResult& types =
                compare({propertyOf(at.older, at.a, name).schemas, propertyOf(at.newer, at.b, newName).schemas});
            if (types.backward != DirectionVerdict::Holds || types.forward != DirectionVerdict::Holds)
                continue;
            const QString text = description(at.older, one->older);
            double likeness = 0.2 + 0.4 * nameSimilarity(shownName(name), shownName(newName));
            likeness += has(required, name) == has(requiredNow, newName) ? 0.1 : 0;
            likeness += placeOf(at.older, one->older) == placeOf(at.newer, other->newer) ? 0.25 : 0;
            likeness += !text.isEmpty() && text == description(at.newer, other->newer) ? 0.4 : 0;
            if (likeness >= likelyEnough)
                candidates.push_back({likeness, one, other});
        }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.likeness > b.likeness; });
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const Candidate& best = candidates[i];
        if (!best.gone->otherName.isEmpty() || !best.come->otherName.isEmpty())
            continue;
        const bool isClear = std::none_of(candidates.begin(), candidates.end(), [&](const Candidate& other) {
            return (other.gone == best.gone) != (other.come == best.come) && other.gone->otherName.isEmpty() &&
                   other.come->otherName.isEmpty() && best.likeness - other.likeness < clearerBy;
        });
        if (!isClear)
            continue;
        best.gone->otherName = shownName(best.come->steps.front().name);
        best.come->otherName = shownName(best.gone->steps.front().name);
    }
}

} // namespace spillway
