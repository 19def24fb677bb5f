// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/catalog/catalogsource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class WorkBar;

/// The catalog to and from AsyncAPI, EventCatalog and Backstage: always looked at first, then written.
class ExchangePane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane.
    ExchangePane(const ViewContext& context, CatalogSource& source, QWidget* parent = nullptr);
    [[nodiscard]] bool isSettled() const
    {
        return !m_exportLoad.isRunning() && !m_importLoad.isRunning() && !m_write.isRunning();
    }
    /// Stops what is being read. True when there was something to stop.
    bool stop();

Q_SIGNALS:
    void said(const QString& sentence);
    void filesChanged(); ///< the workspace's own

private:
    enum class Direction { Export, Import };

    [[nodiscard]] ExchangeForm form() const;
    [[nodiscard]] Direction direction() const;
    void browse();
    void choiceChanged();
    void preview();
    void showExport(Result<std::shared_ptr<const ExportPlan>> plan);
    void showImport(Result<std::shared_ptr<const PlannedImport>> planned);
    void showFailure(const Error& error);
    void clear();
    void allowWriting();
    void write();
    void finish(Result<QStringList> written);

    ViewContext m_context;
    CatalogSource& m_source;
    QComboBox* m_direction = nullptr;
    QComboBox* m_form = nullptr;
    QLineEdit* m_path = nullptr;
    QPushButton* m_look = nullptr;
    PlainTextLabel* m_headline = nullptr;
    PlainTextLabel* m_details = nullptr;
    PlainTextLabel* m_text = nullptr;
    QCheckBox* m_replaces = nullptr;
    PlainTextLabel* m_why = nullptr;
    QPushButton* m_do = nullptr;
    WorkBar* m_work = nullptr;
    CommandLine* m_command = nullptr;
    std::shared_ptr<const ExportPlan> m_export;    // second owner: a write under way
    std::shared_ptr<const PlannedImport> m_import; // the same
    Direction m_written = Direction::Export;       // what is being written
    AsyncLoad<std::shared_ptr<const ExportPlan>> m_exportLoad;
    AsyncLoad<std::shared_ptr<const PlannedImport>> m_importLoad;
    AsyncLoad<QStringList> m_write;
};

} // namespace spillway::views
