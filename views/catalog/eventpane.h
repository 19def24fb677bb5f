// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/scorecard/eventfacts.h"
#include "views/catalog/catalogsource.h"
#include "views/catalog/eventsheet.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

class QHBoxLayout;
class QPushButton;
class QSlider;
class QVBoxLayout;

namespace spillway::views {

class PlainTextLabel;

/// Everything about one event, beside the list: what the picture holds at once; versions of its schema and its history
/// as they are read.
class EventPane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane.
    EventPane(const ViewContext& context, CatalogSource& source, QWidget* parent = nullptr);

    /// A picture's event; schema and history are read again only for another event or other files.
    void show(const std::shared_ptr<const CatalogPicture>& picture, const QString& eventType);
    /// No event: `why` alone.
    void showNothing(const QString& why);
    [[nodiscard]] bool isSettled() const { return !m_versionLoad.isRunning() && !m_historyLoad.isRunning(); }

Q_SIGNALS:
    void linkActivated(const spillway::views::PageLink& link);

private:
    QWidget* buildVersions();
    void showParts(const std::vector<SheetPart>& parts);
    void showContacts(const EventFacts& facts);
    void askToOpen(const Contact& contact);
    void askVersion(std::optional<int> version);
    void showVersion(Result<EventVersion> version);
    void showHistory(Result<EventHistory> history);

    ViewContext m_context;
    CatalogSource& m_source;
    QString m_event;
    std::shared_ptr<const JudgedCatalog> m_files; // second owner: the picture; tells whether the files changed
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_about = nullptr;
    QWidget* m_rest = nullptr; // all but title and about
    PlainTextLabel* m_owner = nullptr;
    QWidget* m_contactRow = nullptr;
    QHBoxLayout* m_contacts = nullptr;
    std::optional<std::vector<Contact>> m_shownContacts;
    QVBoxLayout* m_partBox = nullptr;
    std::vector<std::pair<PlainTextLabel*, PlainTextLabel*>> m_parts; ///< headings and texts, made as needed
    QWidget* m_versionRow = nullptr;
    QSlider* m_slider = nullptr;
    PlainTextLabel* m_versionText = nullptr;
    PlainTextLabel* m_changes = nullptr;
    PlainTextLabel* m_fields = nullptr;
    QPushButton* m_openSchemas = nullptr;
    PlainTextLabel* m_history = nullptr;
    std::vector<int> m_versions;
    bool m_isPlacing = false; // the slider is moved by us
    AsyncLoad<EventVersion> m_versionLoad;
    AsyncLoad<EventHistory> m_historyLoad;
};

} // namespace spillway::views
