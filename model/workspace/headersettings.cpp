// SPDX-License-Identifier: GPL-3.0-or-later
// `replay_headers:` of the workspace and of a connection.
#include "model/workspace/settings.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The entries of a list of texts with their places; a single text is a list of one.
template<typename Take>
void eachText(const YamlNode& node, const QString& what, IssueList& issues, const Take& take)
{
    if (node.kind == YamlNode::Kind::Sequence) {
        for (const YamlNode* item : node.items) {
            if (const auto text = readText(*item, u"an entry in %1"_s.arg(what), issues))
                take(*item, *text);
        }
    } else if (const auto text = readText(node, what, issues)) {
        take(node, *text);
    }
}

} // namespace

HeaderPolicy readHeaderPolicy(const YamlNode& node, const QString& owner, const SettingsContext& context)
{
    IssueList& issues = context.issues;
    HeaderPolicy policy;
    MapReader map(node, u"'replay_headers' of %1"_s.arg(owner), issues);
    if (!map.isMap())
        return policy;
    static const QStringList keys{u"drop"_s, u"keep"_s, u"sets"_s};
    // A key that is ignored would send what was to stay behind: an error, not a warning.
    for (const YamlNode::Entry& entry : node.entries) {
        if (!keys.contains(entry.key->text))
            issues.error(*entry.key,
                         u"%1 has an unknown key %2%3"_s.arg(map.what(), quoted(entry.key->text),
                                                             didYouMean(entry.key->text, keys)),
                         u"write drop, keep or sets"_s);
    }
    const auto read = [&](const QString& key, std::vector<QByteArray>& into) {
        const YamlNode* list = map.child(key);
        if (list == nullptr)
            return;
        const QString what = map.whatOf(key);
        eachText(*list, what, issues, [&](const YamlNode& at, const QString& text) {
            const QString fault = faultOfHeaderPattern(text);
            if (fault.isEmpty())
                into.push_back(text.trimmed().toUtf8());
            else
                issues.error(at, u"%1: the pattern %2 %3"_s.arg(what, quoted(text), fault.section(u"; "_s, 0, 0)),
                             fault.section(u"; "_s, 1));
        });
    };
    read(u"drop"_s, policy.drop);
    read(u"keep"_s, policy.keep);
    if (const YamlNode* list = map.child(u"sets"_s)) {
        const QStringList words = headerSetWords();
        eachText(*list, map.whatOf(u"sets"), issues, [&](const YamlNode& at, const QString& text) {
            if (words.contains(text))
                policy.sets += text;
            else
                issues.error(at,
                             u"%1 names %2, which is no set of headers%3"_s.arg(map.whatOf(u"sets"), quoted(text),
                                                                                didYouMean(text, words)),
                             u"write %1"_s.arg(words.join(u" or "_s)));
        });
    }
    return policy;
}

} // namespace spillway
