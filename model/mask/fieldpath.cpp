// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/fieldpath.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QChar stands(u'\\');

/// Consumes one `[…]`; false when it is not one.
bool readIndex(QStringView text, qsizetype& at, FieldPath& path)
{
    const qsizetype end = text.indexOf(u']', at);
    if (end < 0)
        return false;
    const QStringView inside = text.sliced(at + 1, end - at - 1);
    FieldStep step;
    if (inside == u"*") {
        step.kind = FieldStep::Kind::AnyIndex;
    } else {
        bool isNumber = false;
        step.kind = FieldStep::Kind::Index;
        step.index = inside.toLongLong(&isNumber);
        if (!isNumber || step.index < 0)
            return false;
    }
    path.steps.push_back(step);
    at = end + 1;
    return true;
}

/// Bits that AnyDepth steps add: they may also stand for nothing.
PathPlaces withSkipped(const FieldPath& path, PathPlaces places)
{
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        if ((places >> i & 1U) != 0 && path.steps[i].kind == FieldStep::Kind::AnyDepth)
            places |= PathPlaces{1} << (i + 1);
    }
    return places;
}

template<typename Fits>
PathPlaces stepped(const FieldPath& path, PathPlaces places, Fits fits)
{
    PathPlaces after = 0;
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        if ((places >> i & 1U) == 0)
            continue;
        if (path.steps[i].kind == FieldStep::Kind::AnyDepth)
            after |= PathPlaces{1} << i;
        else if (fits(path.steps[i]))
            after |= PathPlaces{1} << (i + 1);
    }
    return withSkipped(path, after);
}

} // namespace

QByteArray comparableName(QByteArrayView name)
{
    QByteArray plain;
    plain.reserve(name.size());
    for (const char c : name) {
        if (c == '_' || c == '-' || c == ' ')
            continue;
        plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return plain;
}

bool fitsPattern(QByteArrayView name, QByteArrayView pattern)
{
    // The usual two-pointer match: on a mismatch the last star takes one more character.
    qsizetype n = 0, p = 0, star = -1, resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p;
            ++n;
        } else if (star >= 0) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

QByteArrayView FieldPath::anywhereName() const
{
    if (steps.size() == 2 && steps[0].kind == FieldStep::Kind::AnyDepth && steps[1].kind == FieldStep::Kind::Name)
        return steps[1].name;
    return {};
}

FieldPathRead parseFieldPath(QStringView text)
{
    const auto fault = [](const QString& what) { return FieldPathRead{{}, what}; };
    if (text.startsWith(u"$."))
        text = text.sliced(2);
    FieldPath path;
    qsizetype at = 0;
    bool isStepDue = true;
    while (at < text.size() || isStepDue) {
        if (at < text.size() && text[at] == u'[') {
            if (!readIndex(text, at, path))
                return fault(u"has brackets without a number or a star; write [3] or [*]"_s);
        } else if (!isStepDue) {
            return fault(u"has no dot after a bracket; write items[*].card"_s);
        } else {
            QString name;
            while (at < text.size() && text[at] != u'.' && text[at] != u'[') {
                if (text[at] == stands && at + 1 < text.size())
                    ++at;
                name += text[at++];
            }
            if (name.isEmpty())
                return fault(u"has an empty step; write names with one dot between them, like customer.email"_s);
            if (name == u"**")
                path.steps.push_back({.kind = FieldStep::Kind::AnyDepth});
            else
                path.steps.push_back({.kind = FieldStep::Kind::Name, .name = comparableName(name.toUtf8())});
            if (path.steps.back().kind == FieldStep::Kind::Name && path.steps.back().name.isEmpty())
                return fault(u"has a step of nothing but hyphens and underscores"_s);
        }
        isStepDue = at < text.size() && text[at] == u'.';
        if (isStepDue)
            ++at;
        if (path.steps.size() > FieldPath::longest)
            return fault(u"has more than %1 steps"_s.arg(FieldPath::longest));
    }
    if (path.steps.back().kind == FieldStep::Kind::AnyDepth)
        return fault(u"ends with **, which names no field; write **.NAME"_s);
    return {path, {}};
}

PathPlaces startOf(const FieldPath& path)
{
    return withSkipped(path, 1);
}

PathPlaces afterKey(const FieldPath& path, PathPlaces places, QByteArrayView name)
{
    return stepped(path, places, [name](const FieldStep& step) {
        return step.kind == FieldStep::Kind::Name && fitsPattern(name, step.name);
    });
}

PathPlaces afterIndex(const FieldPath& path, PathPlaces places, std::int64_t index)
{
    return stepped(path, places, [index](const FieldStep& step) {
        return step.kind == FieldStep::Kind::AnyIndex || (step.kind == FieldStep::Kind::Index && step.index == index);
    });
}

bool isArrived(const FieldPath& path, PathPlaces places)
{
    return (places >> path.steps.size() & 1U) != 0;
}

} // namespace spillway
