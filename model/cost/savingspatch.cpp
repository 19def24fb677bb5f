// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/savingspatch.h"

#include "model/base/text.h"
#include "model/catalog/unifieddiff.h"

#include <QDir>

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString numberText(double value)
{
    return QString::number(value, 'g', 6);
}

class EditMaker
{
public:
    EditMaker(const SavingsFiles& files, const QString& profile)
        : m_files(files)
    {
        if (!files.pricing.isNamed())
            return;
        if (const YamlNode* profiles = files.pricing.document.root->find(u"profiles"))
            m_profile = profiles->find(profile);
    }

    SavingsEdits run(const std::vector<Saving>& savings)
    {
        for (const Saving& saving : savings) {
            if (saving.isRemoved)
                m_gone.insert(saving.eventType);
        }
        for (const Saving& saving : savings) {
            if (!saving.isRemoved && m_gone.contains(saving.eventType))
                continue; // goes as a whole
            make(saving);
        }
        addHotDays();
        return std::move(m_made);
    }

private:
    void byHand(const Saving& saving, const QString& what)
    {
        m_made.byHand += u"%1: %2"_s.arg(visibleText(saving.id), what);
    }

    /// Takes an edit, or says that a person has to make it.
    void take(const Saving& saving, const std::optional<TextEdit>& edit, const QString& what)
    {
        if (!edit) {
            byHand(saving, what);
            return;
        }
        // Two insertions may stand at one place; of two other changes of one place the first counts.
        const bool isInsertion = edit->from.line == edit->endLine && edit->from.column == edit->endColumn;
        const bool isKnown = std::any_of(m_made.edits.begin(), m_made.edits.end(), [&](const TextEdit& one) {
            return one == *edit || (!isInsertion && one.from == edit->from);
        });
        if (!isKnown)
            m_made.edits.push_back(*edit);
    }

    /// Takes an entry out, unless it would be the last one to go.
    void takeOut(const Saving& saving, const SourceFile& file, const YamlNode& parent, const YamlNode& item,
                 const QString& what)
    {
        std::set<const YamlNode*>& out = m_out[&parent];
        const bool isLast = out.size() + 1 >= parent.items.size() + parent.entries.size() && !out.contains(&item);
        const auto edit = isLast ? std::nullopt : removeEntry(file.text, parent, item);
        if (edit)
            out.insert(&item);
        take(saving, edit, what);
    }

    void make(const Saving& saving)
    {
        if (saving.isRemoved)
            removeEvent(saving);
        if (!saving.withoutService.isEmpty())
            removeConsumer(saving);
        if (saving.retentionDays)
            setInCatalog(saving, u"retention_days"_s, numberText(*saving.retentionDays));
        // What a broker packs or producers batch is no smaller payload: the catalog declares what producers make.
        if (saving.payloadBytes && (saving.kind == SavingKind::UnusedFields || saving.kind == SavingKind::ClaimCheck))
            setInCatalog(saving, u"avg_payload_bytes"_s, QString::number(*saving.payloadBytes));
        if (saving.hotDays)
            m_hot.emplace_back(&saving, *saving.hotDays);
        if (saving.recordsPerRequest)
            setRecordsPerRequest(saving);
        for (const QString& line : saving.exported) {
            if (!line.startsWith(u'#'))
                byHand(saving, line);
        }
        if (saving.kind == SavingKind::Batching || saving.kind == SavingKind::ClaimCheck ||
            saving.kind == SavingKind::UnusedFields || saving.kind == SavingKind::UnreadTopic)
            byHand(saving, saving.change);
    }

    void setInCatalog(const Saving& saving, const QString& key, const QString& value)
    {
        const YamlNode* event = m_files.sources.listedNode(saving.eventType);
        const QString what = u"%1 of %2 becomes %3"_s.arg(key, visibleText(saving.eventType), value);
        if (event == nullptr) {
            byHand(saving, what);
            return;
        }
        const YamlText& text = m_files.sources.catalog.text;
        const YamlNode* old = event->find(key);
        take(saving,
             old != nullptr
                 ? replaceScalar(text, *old, value)
                 : addKey(text, *event, key, value, {u"avg_payload_bytes"_s, u"avg_daily_volume"_s, u"topic"_s}),
             what);
    }

    void removeEvent(const Saving& saving)
    {
        const QString what = u"the entry %1 goes"_s.arg(visibleText(saving.eventType));
        const SourceFile& catalog = m_files.sources.catalog;
        if (const YamlNode* event = m_files.sources.listedNode(saving.eventType)) {
            const YamlNode* list = catalog.document.root->find(u"catalog");
            if (list != nullptr)
                takeOut(saving, catalog, *list, *event, what);
            else
                byHand(saving, what);
        }
        const SourceFile& ownership = m_files.sources.ownership;
        if (m_files.sources.ownedNode(saving.eventType) == nullptr)
            return;
        const YamlNode* events = ownership.document.root->find(u"events");
        const YamlNode* key = nullptr;
        for (std::size_t i = 0; events != nullptr && i < events->entries.size(); ++i) {
            if (events->entries[i].key->text == saving.eventType)
                key = events->entries[i].key;
        }
        if (key != nullptr)
            takeOut(saving, ownership, *events, *key, what);
        else
            byHand(saving, what);
    }

    void removeConsumer(const Saving& saving)
    {
        const auto from = [&](const SourceFile& file, const YamlNode* event) {
            const YamlNode* consumers = event != nullptr ? event->find(u"consumers") : nullptr;
            if (consumers == nullptr)
                return;
            for (const YamlNode* consumer : consumers->items) {
                const YamlNode* service = consumer->find(u"service");
                if (service != nullptr && service->text == saving.withoutService)
                    takeOut(saving, file, *consumers, *consumer,
                            u"the consumer %1 goes from %2"_s.arg(visibleText(saving.withoutService),
                                                                  visibleText(saving.eventType)));
            }
        };
        from(m_files.sources.catalog, m_files.sources.listedNode(saving.eventType));
        from(m_files.sources.ownership, m_files.sources.ownedNode(saving.eventType));
    }

    void setRecordsPerRequest(const Saving& saving)
    {
        const QString value = QString::number(*saving.recordsPerRequest);
        const YamlNode* components = m_profile != nullptr ? m_profile->find(u"components") : nullptr;
        const YamlNode* requests = components != nullptr ? components->find(u"requests") : nullptr;
        const QString what = u"records_per_request of requests becomes %1 in pricing.yaml"_s.arg(value);
        const bool changesLater = m_profile != nullptr && m_profile->find(u"changes") != nullptr;
        if (requests == nullptr || changesLater) {
            byHand(saving, what);
            return;
        }
        const YamlNode* old = requests->find(u"records_per_request");
        take(saving,
             old != nullptr ? replaceScalar(m_files.pricing.text, *old, value)
                            : addKey(m_files.pricing.text, *requests, u"records_per_request"_s, value),
             what);
    }

    /// All topics together: they stand in one map.
    void addHotDays()
    {
        if (m_hot.empty())
            return;
        const YamlNode* map = m_profile != nullptr ? m_profile->find(u"hot_days_of") : nullptr;
        const YamlText& text = m_files.pricing.text;
        const auto what = [](const Saving& saving, double days) {
            return u"hot_days_of in pricing.yaml: %1: %2"_s.arg(visibleText(saving.topic), numberText(days));
        };
        if (m_profile != nullptr && map == nullptr) {
            QStringList topics;
            for (const auto& [saving, days] : m_hot)
                topics += yamlScalar(saving->topic) + u": "_s + numberText(days);
            take(*m_hot.front().first,
                 addKey(text, *m_profile, u"hot_days_of"_s, u"{ %1 }"_s.arg(topics.join(u", "_s)),
                        {u"hot_days"_s, u"replication"_s, u"source"_s, u"effective_from"_s, u"currency"_s}),
                 what(*m_hot.front().first, m_hot.front().second));
            return;
        }
        for (const auto& [saving, days] : m_hot) {
            const YamlNode* old = map != nullptr ? map->find(saving->topic) : nullptr;
            const auto edit = map == nullptr   ? std::nullopt
                              : old != nullptr ? replaceScalar(text, *old, numberText(days))
                                               : addKey(text, *map, yamlScalar(saving->topic), numberText(days));
            take(*saving, edit, what(*saving, days));
        }
    }

    const SavingsFiles& m_files;
    const YamlNode* m_profile = nullptr;
    std::set<QString> m_gone;                                   ///< events
    std::map<const YamlNode*, std::set<const YamlNode*>> m_out; ///< entries that go, by list
    std::vector<std::pair<const Saving*, double>> m_hot;
    SavingsEdits m_made;
};

} // namespace

Checked<SavingsFiles> readSavingsFiles(const Workspace& workspace)
{
    auto sources = readCatalogSources(workspace);
    if (!sources.value)
        return {std::nullopt, std::move(sources.issues)};
    SavingsFiles files{std::move(*sources.value), {}};
    if (workspace.pricingFile.isEmpty())
        return {std::move(files), {}};
    const auto bytes = readUserFile(workspace.pricingFile, yamllimit::fileBytes);
    if (!bytes.value)
        return {std::nullopt, bytes.issues};
    auto document = readYamlText(*bytes.value, workspace.pricingFile);
    if (!document.value)
        return {std::nullopt, std::move(document.issues)};
    files.pricing = {YamlText(workspace.pricingFile, *bytes.value), std::move(*document.value)};
    return {std::move(files), {}};
}

SavingsEdits savingsEdits(const SavingsFiles& files, const QString& profile, const std::vector<Saving>& savings)
{
    return EditMaker(files, profile).run(savings);
}

Result<QByteArray> savingsPatch(const SavingsFiles& files, const SavingsEdits& edits,
                                const std::vector<Saving>& savings, const QString& currency)
{
    QString told; // before the first file `git apply` passes over everything
    for (const Saving& saving : savings)
        told += u"# %1: %2 %3 a month, risk %4. %5 %6\n"_s.arg(visibleText(saving.id), formatMoney(saving.perMonth, 2),
                                                               currency, savingRiskWord(saving.risk), saving.riskReason,
                                                               saving.basis);
    for (const QString& line : edits.byHand)
        told += u"# by hand, %1\n"_s.arg(visibleText(line));
    QByteArray patch = told.toUtf8();
    const QDir folder(files.sources.workspace.folder);
    for (const YamlText* text : {&files.sources.ownership.text, &files.sources.catalog.text, &files.pricing.text}) {
        if (text->file().isEmpty())
            continue;
        const auto changed = applyEdits(*text, edits.edits);
        if (!changed)
            return tl::unexpected<Error>(changed.error());
        const QByteArray diff = unifiedDiff(folder.relativeFilePath(text->file()), text->text().toUtf8(), *changed);
        if (!diff.isEmpty())
            patch += '\n' + diff;
    }
    return patch;
}

} // namespace spillway
